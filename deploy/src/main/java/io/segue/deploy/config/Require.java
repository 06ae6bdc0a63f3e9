package io.segue.deploy.config;

import io.segue.model.config.ConfigException;

/** Checks that several sections share; each names the path of the key. */
final class Require {
  private Require() {}

  static void atLeast(String path, long value, long least) {
    if (value < least) {
      throw new ConfigException("%s: %d is below %d".formatted(path, value, least));
    }
  }

  static void share(String path, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new ConfigException("%s: %s is outside 0 to 1".formatted(path, value));
    }
  }
}

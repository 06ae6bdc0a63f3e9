package io.segue.deploy.demo;

import java.util.Map;

/** Hears of a demo's progress. Called from one thread. */
public interface DemoProgress {

  /** A step of the preparation begins. */
  void phase(String what);

  /** The first version is being trained. */
  void training(long step, long steps, double loss);

  /**
   * Everything runs: where it can be reached, as {@code bootstrapServers}, {@code uiUrl}, {@code
   * pid}.
   */
  void ready(Map<String, ?> addresses);

  /** One line about how things stand, about once a second. */
  void status(String line);

  /** Something happened to a version. */
  void event(String line);
}

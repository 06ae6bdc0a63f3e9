package io.segue.deploy.demo;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a demo is told.
 *
 * @param data a labelled folder; empty: synthetic streets
 * @param seconds how long the cameras run, 20 or more; empty: until the process is stopped
 * @param page whether to serve the page
 * @param pagePort port of the page, 0 for a free one
 * @param kafkaPort port of the broker, 0 for a free one
 * @param registry where versions are kept; the newest one that is there serves first, without
 *     training. Empty: nothing is kept
 */
public record DemoOptions(
    Optional<Path> data,
    Optional<Integer> seconds,
    boolean page,
    int pagePort,
    int kafkaPort,
    Optional<Path> registry) {
  private static final int LEAST_SECONDS = 20;

  public DemoOptions {
    if (seconds.isPresent() && seconds.get() < LEAST_SECONDS) {
      throw new IllegalArgumentException(
          "--seconds %d is too short for a version to be measured; give %d or more"
              .formatted(seconds.get(), LEAST_SECONDS));
    }
  }
}

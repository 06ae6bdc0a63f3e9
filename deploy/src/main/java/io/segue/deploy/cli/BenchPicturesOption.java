package io.segue.deploy.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What benchmarks on pictures look at. */
final class BenchPicturesOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "A labelled folder with train/frames and train/labels, such as CamVid; synthetic streets"
              + " where not given.")
  private Optional<Path> data = Optional.empty();

  Optional<Path> data() {
    return data;
  }
}

package io.segue.deploy.cli;

import io.segue.deploy.config.SegueConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a command's configuration comes from. */
final class ConfigOptions {
  @Option(names = "--config", paramLabel = "FILE", description = "The configuration, a YAML file.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of it by its path, such as topics.prefix=test.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  SegueConfig read() {
    return SegueConfig.read(file, overrides);
  }
}

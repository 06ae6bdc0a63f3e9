package io.segue.deploy.cli;

import io.segue.connectors.registry.ManifestDraft;
import io.segue.connectors.registry.ModelRegistry;
import io.segue.model.serve.ModelDirectory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "publish",
    description = {
      "Puts a model into the registry as the next version of its name, which 'activate' makes"
          + " live.",
      "Not while a learn job publishes versions of the same name."
    },
    mixinStandardHelpOptions = true)
final class ModelPublishCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "DIR",
      description = "A model that 'train' or 'model import' wrote: saved_model.pb, spec.json.")
  private Path directory;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Name of the model (the one in its spec.json).")
  private Optional<String> model = Optional.empty();

  @Mixin private ConfigOptions configuration;

  @Mixin private Console console;

  @Override
  public Integer call() throws Exception {
    ModelRegistry registry = new ModelRegistry(configuration.read().registryRoot());
    String candidate = "published-" + UUID.randomUUID();
    registry.uploadCandidate(candidate, directory);
    String name = model.orElseGet(() -> ModelDirectory.readSpec(directory).name());
    List<Long> versions = registry.versions(name);
    long version = versions.isEmpty() ? 1 : versions.get(versions.size() - 1) + 1;
    registry.publish(name, version, candidate, ManifestDraft.EMPTY);
    registry.deleteCandidate(candidate);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("model", name);
    result.put("version", version);
    console.result(result);
    return ExitCode.OK;
  }
}

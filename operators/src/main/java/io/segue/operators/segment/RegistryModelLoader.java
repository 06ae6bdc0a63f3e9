package io.segue.operators.segment;

import io.segue.connectors.registry.ModelRegistry;
import io.segue.model.config.Taxonomy;
import io.segue.model.serve.EngineChoice;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.ServingModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Loads versions from the registry: every file is copied to a local folder, compared with the
 * manifest's SHA-256, and removed once the version is in memory.
 *
 * @param registryRoot a Flink file system path
 * @param engine what the versions are run by
 */
public record RegistryModelLoader(String registryRoot, EngineChoice engine) implements ModelLoader {
  /** A loader of versions that TensorFlow runs. */
  public RegistryModelLoader(String registryRoot) {
    this(registryRoot, EngineChoice.TENSORFLOW);
  }

  @Override
  public ServingModel load(String model, long version) throws IOException {
    Path local = Files.createTempDirectory("segue-model-");
    Path files = local.resolve("version");
    try {
      new ModelRegistry(registryRoot).fetch(model, version, files);
      return ServingModels.load(files, engine);
    } finally {
      delete(local);
    }
  }

  /** That of the oldest version, which never changes, whatever has been announced since. */
  @Override
  public Optional<Taxonomy> taxonomy(String model) throws IOException {
    return new ModelRegistry(registryRoot)
        .oldest(model)
        .map(manifest -> manifest.spec().taxonomy());
  }

  @Override
  public ModelLoader on(String device) {
    return new RegistryModelLoader(registryRoot, engine.on(device));
  }

  private static void delete(Path folder) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(folder)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.delete(file);
    }
  }
}

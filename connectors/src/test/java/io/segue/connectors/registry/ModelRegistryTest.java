package io.segue.connectors.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRegistryTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final ManifestDraft DRAFT =
      new ManifestDraft(Optional.of(1L), Optional.of("file:///replay/7"), Map.of("steps", "200"));

  @TempDir private Path dir;
  private Path root;
  private Path trained;
  private ModelRegistry registry;

  @BeforeEach
  void trainAModel() throws IOException {
    root = dir.resolve("registry");
    registry = new ModelRegistry(root.toUri().toString(), Clock.fixed(NOW, ZoneOffset.UTC));
    trained = model("trained", "weights");
  }

  @Test
  void bringsBackEveryFileOfAVersion() throws IOException {
    registry.uploadCandidate("run-1", trained);
    VersionManifest published = registry.publish("road", 2, "run-1", DRAFT);
    assertThat(published.publishedAt()).isEqualTo(NOW);
    assertThat(registry.manifest("road", 2)).isEqualTo(published);
    assertThat(published.spec()).isEqualTo(spec());
    assertThat(published.files())
        .extracting(StoredFile::path)
        .containsExactlyInAnyOrder(
            "variables/variables.index",
            "variables/variables.data-00000-of-00001",
            "spec.json",
            "saved_model.pb");

    Path local = dir.resolve("local/road-2");
    assertThat(registry.fetch("road", 2, local)).isEqualTo(published);
    assertThat(ModelFiles.list(local)).isEqualTo(ModelFiles.list(trained));
  }

  @Test
  void listsOnlyWhatIsComplete() throws IOException {
    registry.uploadCandidate("run-1", trained);
    registry.publish("road", 10, "run-1", DRAFT);
    registry.publish("road", 9, "run-1", DRAFT);
    Files.createDirectories(root.resolve("road/11/variables"));
    Files.createDirectories(root.resolve("sea/1"));
    assertThat(registry.versions("road")).containsExactly(9L, 10L);
    assertThat(registry.versions("sea")).isEmpty();
    assertThat(registry.versions("absent")).isEmpty();
    assertThat(registry.oldest("road")).map(VersionManifest::version).contains(9L);
    assertThat(registry.oldest("absent")).isEmpty();
    assertThat(registry.models()).containsExactly("road");
    assertThatThrownBy(() -> registry.fetch("road", 11, dir.resolve("local")))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("its versions are [9, 10]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "saved_model.pb",
        "spec.json",
        "variables/variables.index",
        "variables/variables.data-00000-of-00001"
      })
  void refusesAVersionWithAChangedByteAndNamesTheFile(String file) throws IOException {
    publish();
    Path stored = root.resolve("road/1").resolve(file);
    byte[] bytes = Files.readAllBytes(stored);
    bytes[bytes.length / 2] ^= 1;
    Files.write(stored, bytes);
    CorruptVersionException corrupt =
        catchThrowableOfType(
            CorruptVersionException.class, () -> registry.fetch("road", 1, dir.resolve("local")));
    assertThat(corrupt.file()).isEqualTo(file);
    assertThat(corrupt).hasMessageContaining("model 'road' version 1");
    assertThat(dir.resolve("local")).doesNotExist();
    assertThat(dir.toFile().list()).containsExactlyInAnyOrder("registry", "trained");
  }

  @Test
  void refusesAVersionWithAMissingFile() throws IOException {
    publish();
    Files.delete(root.resolve("road/1/variables/variables.index"));
    assertThatThrownBy(() -> registry.fetch("road", 1, dir.resolve("local")))
        .isInstanceOf(CorruptVersionException.class)
        .hasMessageContaining("variables/variables.index is missing");
  }

  @Test
  void refusesAManifestThatCannotBeReadOrIsAnotherVersions() throws IOException {
    publish();
    Files.createDirectories(root.resolve("road/2"));
    Files.copy(root.resolve("road/1/manifest.json"), root.resolve("road/2/manifest.json"));
    assertThatThrownBy(() -> registry.manifest("road", 2))
        .isInstanceOf(CorruptVersionException.class)
        .hasMessageContaining("is that of model 'road' version 1");
    Files.writeString(root.resolve("road/1/manifest.json"), "{\"format\": 1, \"model\"");
    assertThatThrownBy(() -> registry.manifest("road", 1))
        .isInstanceOf(CorruptVersionException.class)
        .hasMessageContaining("manifest.json cannot be read");
  }

  @Test
  void refusesAManifestThatPointsOutOfItsDirectory() throws IOException {
    publish();
    Path manifest = root.resolve("road/1/manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"saved_model.pb\"", "\"../../../x\""));
    assertThatThrownBy(() -> registry.fetch("road", 1, dir.resolve("local")))
        .isInstanceOf(CorruptVersionException.class)
        .hasMessageContaining("../../../x");
  }

  @Test
  void makesTheSameOfTwoPublicationsAsOfOne() throws IOException {
    VersionManifest first = publish();
    assertThat(registry.publish("road", 1, "run-1", ManifestDraft.EMPTY)).isEqualTo(first);
    registry.uploadCandidate("run-2", model("other", "other weights"));
    assertThatThrownBy(() -> registry.publish("road", 1, "run-2", DRAFT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was published from candidate 'run-1'");
  }

  @Test
  void replacesWhatAnInterruptedPublicationLeft() throws IOException {
    Path left = Files.createDirectories(root.resolve("road/1/variables"));
    Files.writeString(left.resolve("stale"), "half");
    publish();
    assertThat(left.resolve("stale")).doesNotExist();
  }

  @Test
  void keepsTheFirstCandidateOfAnId() throws IOException {
    registry.uploadCandidate("run-1", trained);
    registry.uploadCandidate("run-1", model("again", "other weights"));
    Path local = dir.resolve("local");
    registry.fetchCandidate("run-1", local);
    assertThat(ModelFiles.list(local)).isEqualTo(ModelFiles.list(trained));
  }

  @Test
  void refusesAChangedOrUnfinishedCandidate() throws IOException {
    registry.uploadCandidate("run-1", trained);
    Path candidate = root.resolve(".candidates/run-1");
    Files.writeString(candidate.resolve("saved_model.pb"), "changed");
    assertThatThrownBy(() -> registry.publish("road", 1, "run-1", DRAFT))
        .isInstanceOf(CorruptVersionException.class)
        .hasMessageContaining("candidate 'run-1': saved_model.pb");
    assertThat(registry.versions("road")).isEmpty();

    Files.delete(candidate.resolve("candidate.json"));
    assertThat(registry.hasCandidate("run-1")).isFalse();
    assertThatThrownBy(() -> registry.publish("road", 1, "run-1", DRAFT))
        .isInstanceOf(FileNotFoundException.class);
    registry.deleteCandidate("run-1");
    assertThat(candidate).doesNotExist();
  }

  @Test
  void checksALocalCopyThatIsThereAndMendsIt() throws IOException {
    publish();
    Path local = dir.resolve("local");
    registry.fetch("road", 1, local);
    Files.writeString(local.resolve("saved_model.pb"), "changed");
    registry.fetch("road", 1, local);
    assertThat(ModelFiles.list(local)).isEqualTo(ModelFiles.list(trained));
  }

  @Test
  void letsSeveralFetchTheSameDirectoryAtOnce() throws Exception {
    publish();
    Path local = dir.resolve("local");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<VersionManifest>> fetches =
          Collections.nCopies(16, () -> registry.fetch("road", 1, local));
      for (Future<VersionManifest> fetch : threads.invokeAll(fetches)) {
        assertThat(fetch.get().version()).isEqualTo(1);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(ModelFiles.list(local)).isEqualTo(ModelFiles.list(trained));
    assertThat(dir.toFile().list()).containsExactlyInAnyOrder("registry", "trained", "local");
  }

  @Test
  void keepsVerdictsInTheOrderOfTheirTimes() throws IOException {
    publish();
    StoredVerdict later =
        new StoredVerdict("holdout/miou", 0.5, 0.4, "ROLL_BACK", "worse", NOW.plusSeconds(5));
    StoredVerdict earlier =
        new StoredVerdict("holdout/miou", 0.5, Double.NaN, "BLESS", "better", NOW);
    registry.recordVerdict("road", 1, later);
    registry.recordVerdict("road", 1, earlier);
    registry.recordVerdict("road", 1, earlier);
    assertThat(registry.verdicts("road", 1)).isEqualTo(List.of(earlier, later));
    registry.fetch("road", 1, dir.resolve("local"));
  }

  @Test
  void refusesNamesThatAreNoNames() {
    for (String name : List.of("", "..", "a/b", ".hidden", "a b")) {
      assertThatThrownBy(() -> registry.versions(name))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> registry.hasCandidate(name))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> registry.manifest("road", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("versions begin with 1");
  }

  private VersionManifest publish() throws IOException {
    registry.uploadCandidate("run-1", trained);
    return registry.publish("road", 1, "run-1", DRAFT);
  }

  private Path model(String name, String weights) throws IOException {
    Path model = Files.createDirectories(dir.resolve(name));
    Files.createDirectories(model.resolve("variables"));
    Files.writeString(model.resolve("saved_model.pb"), "graph");
    Files.writeString(model.resolve("spec.json"), spec().toJson());
    Files.writeString(model.resolve("variables/variables.index"), "index of " + weights);
    Files.write(model.resolve("variables/variables.data-00000-of-00001"), weights.getBytes(UTF_8));
    return model;
  }

  private static ModelSpec spec() {
    List<TaxonomyClass> classes =
        List.of(new TaxonomyClass("sky", 0x4682B4), new TaxonomyClass("road", 0x804080));
    return new ModelSpec(
        "road",
        SegmentationModelConfig.parse("num_classes: 2"),
        64,
        96,
        new Taxonomy("street-2", 1, classes, 255));
  }
}

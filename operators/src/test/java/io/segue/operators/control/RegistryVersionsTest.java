package io.segue.operators.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.connectors.registry.CorruptVersionException;
import io.segue.connectors.registry.ManifestDraft;
import io.segue.connectors.registry.ModelRegistry;
import io.segue.operators.record.Samples;
import io.segue.operators.record.SmallModel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryVersionsTest {
  @TempDir private Path folder;

  @Test
  void tellsTheTaxonomyOfWhatIsPublishedAndOfNothingElse() throws Exception {
    Path root = folder.resolve("registry");
    Path candidate = Files.createDirectory(folder.resolve("candidate"));
    Files.writeString(candidate.resolve("saved_model.pb"), "graph");
    Files.writeString(candidate.resolve("spec.json"), SmallModel.spec(Samples.TAXONOMY).toJson());
    ModelRegistry registry = new ModelRegistry(root.toUri().toString());
    registry.uploadCandidate("first", candidate);
    registry.publish("road", 1, "first", ManifestDraft.EMPTY);
    RegistryVersions versions = new RegistryVersions(root.toUri().toString(), "unused");

    assertThat(versions.taxonomy("road", 1)).contains(Samples.TAXONOMY);
    assertThat(versions.taxonomy("road", 2)).isEmpty();
    assertThat(versions.taxonomy("road", -1)).isEmpty();

    Files.writeString(root.resolve("road/1/manifest.json"), "{");
    assertThatThrownBy(() -> versions.taxonomy("road", 1))
        .isInstanceOf(CorruptVersionException.class);
  }
}

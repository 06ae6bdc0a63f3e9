package io.segue.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.deploy.config.SegueConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCheckpointsTest {
  @TempDir private Path dir;

  private final Configuration flink = new Configuration();

  @Test
  void liesBelowThePayloadsWithADirectoryForEachPrefixAndGroup() {
    assertThat(checkpoints().directory().getPath())
        .isEqualTo(dir + "/.checkpoints/segue.segue-segment");
  }

  @Test
  void liesBelowFlinksOwnDirectoryWhereOneIsConfigured() {
    flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, "file:///elsewhere");

    assertThat(checkpoints().directory().toString())
        .isEqualTo("file:/elsewhere/segue.segue-segment");
  }

  @Test
  void hasNothingToGoOnFromBeforeTheFirstCheckpoint() throws IOException {
    assertThat(checkpoints().configure(flink, false)).isEmpty();
    assertThat(flink.contains(StateRecoveryOptions.SAVEPOINT_PATH)).isFalse();
  }

  @Test
  void goesOnFromTheNewestThatIsComplete() throws IOException {
    complete("a/chk-9", 1_000);
    complete("b/chk-2", 3_000);
    complete("b/chk-10", 3_000);
    complete("savepoint-1", 2_000);
    Files.createDirectories(job().resolve("b/chk-11"));

    assertThat(checkpoints().configure(flink, false)).isPresent();
    assertThat(flink.get(StateRecoveryOptions.SAVEPOINT_PATH)).endsWith("/b/chk-10");
    assertThat(flink.get(StateRecoveryOptions.RESTORE_MODE)).isEqualTo(RecoveryClaimMode.CLAIM);
  }

  @Test
  void aSavepointEndsTheJobWhoseCheckpointsAreAsOld() throws IOException {
    complete("a/chk-9", 2_000);
    complete("savepoint-1", 2_000);

    assertThat(checkpoints().newest())
        .hasValueSatisfying(path -> assertThat(path.getName()).isEqualTo("savepoint-1"));
  }

  @Test
  void beginsWithoutOneWhereThatIsAskedFor() throws IOException {
    complete("a/chk-9", 1_000);

    assertThat(checkpoints().configure(flink, true)).isEmpty();
    assertThat(flink.contains(StateRecoveryOptions.SAVEPOINT_PATH)).isFalse();
  }

  @Test
  void leavesAPlaceThatWasNamedAlone() throws IOException {
    complete("a/chk-9", 1_000);
    flink.set(StateRecoveryOptions.SAVEPOINT_PATH, "file:///savepoint");

    assertThat(checkpoints().configure(flink, false)).isEmpty();
    assertThat(flink.get(StateRecoveryOptions.SAVEPOINT_PATH)).isEqualTo("file:///savepoint");
  }

  private LocalCheckpoints checkpoints() {
    SegueConfig config =
        SegueConfig.read(Optional.empty(), Map.of("payloads", dir.toUri().toString()));
    return LocalCheckpoints.of(config, flink, "segue-segment");
  }

  private Path job() {
    return dir.resolve(".checkpoints/segue.segue-segment");
  }

  private void complete(String name, long millis) throws IOException {
    Path directory = Files.createDirectories(job().resolve(name));
    Path metadata = Files.createFile(directory.resolve("_metadata"));
    Files.setLastModifiedTime(metadata, FileTime.fromMillis(millis));
  }
}

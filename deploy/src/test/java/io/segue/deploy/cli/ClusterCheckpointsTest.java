package io.segue.deploy.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class ClusterCheckpointsTest {
  private static final Configuration NOTHING = new Configuration();
  private static final Configuration DIRECTORY =
      Configuration.fromMap(Map.of("execution.checkpointing.dir", "s3://bucket/checkpoints"));

  @Test
  void refusesTheJobManagersMemory() {
    assertThatThrownBy(() -> ClusterCheckpoints.requireFiles(NOTHING, NOTHING))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("set flink.execution.checkpointing.dir");
  }

  @Test
  void refusesItWhereAClusterWithADirectoryIsToldToUseIt() {
    Configuration memory =
        Configuration.fromMap(Map.of("execution.checkpointing.storage", "jobmanager"));

    assertThatThrownBy(() -> ClusterCheckpoints.requireFiles(memory, DIRECTORY))
        .isInstanceOf(CommandFailedException.class);
  }

  @Test
  void takesADirectoryOfTheJobOrTheCluster() {
    assertThatCode(() -> ClusterCheckpoints.requireFiles(DIRECTORY, NOTHING))
        .doesNotThrowAnyException();
    assertThatCode(() -> ClusterCheckpoints.requireFiles(NOTHING, DIRECTORY))
        .doesNotThrowAnyException();
  }
}

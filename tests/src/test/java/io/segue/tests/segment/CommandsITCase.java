package io.segue.tests.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.deploy.cli.Segue;
import io.segue.tests.cluster.JavaProcess;
import io.segue.tests.stream.FrameFeeder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The commands as processes of their own, with a broker that is not theirs. */
class CommandsITCase {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int ENDED_BY_SIGTERM = 128 + 15;
  private static final int FRAMES = 30;
  private static final int BACKLOG = 300;

  /** 64 of them in flight are more than a JobManager keeps of one state in its memory. */
  private static final int LARGE_BYTES = 200_000;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void bothJobsRunAgainstABrokerAndGoOnWhereTheyWereStopped() throws Exception {
    try (SegmentLine line = SegmentLine.start(folder, 1)) {
      Path config = config(line);
      JavaProcess check = command("check", "topics", "check", "--json", "--config", "" + config);
      JavaProcess create =
          command(
              "create",
              "topics",
              "create",
              "--json",
              "--config",
              "" + config,
              "--set",
              "topics.prefix=other.");
      assertThat(check.exitStatus(PATIENCE)).as(check.output()).isZero();
      assertThat(create.exitStatus(PATIENCE)).as(create.output()).isZero();
      assertThat(create.output()).contains("other.masks");

      try (JavaProcess segment = command("segment", "segment", "--config", "" + config);
          JavaProcess learn = command("learn", "learn", "--config", "" + config);
          FrameFeeder feeder = line.feeder()) {
        awaitReady(segment);
        awaitReady(learn);
        publishAndActivateTheNextVersion(config);
        byte[] picture = SegmentLine.jpeg(96, 64, 1);
        for (int sequence = 0; sequence < FRAMES; sequence++) {
          feeder.send("camera", 1, sequence, picture);
        }
        feeder.flush();
        awaitOutcomes(line, FRAMES);

        byte[] large = SegmentLine.jpeg(800, 480, 2);
        assertThat(large).hasSizeGreaterThan(LARGE_BYTES);
        for (int sequence = FRAMES; sequence < FRAMES + BACKLOG; sequence++) {
          feeder.send("camera", 1, sequence, large);
        }
        feeder.flush();
        assertThat(segment.stop(PATIENCE)).isEqualTo(ENDED_BY_SIGTERM);
        assertThat(segment.output()).contains("the next start goes on from");
        assertThat(learn.stop(PATIENCE)).isEqualTo(ENDED_BY_SIGTERM);
        int committed = line.countOutcomes(IsolationLevel.READ_COMMITTED);
        assertThat(committed).as("stopped with frames in flight").isLessThan(FRAMES + BACKLOG);

        try (JavaProcess killed = command("killed", "segment", "--config", "" + config)) {
          awaitReady(killed);
          awaitOutcomes(line, committed + 1);
          killed.kill();
          assertThat(killed.output()).contains("goes on from");
        }
        try (JavaProcess last = command("last", "segment", "--config", "" + config)) {
          awaitReady(last);
          awaitOutcomes(line, FRAMES + BACKLOG);
          assertThat(last.stop(PATIENCE)).isEqualTo(ENDED_BY_SIGTERM);
        }
        line.outcomes(IsolationLevel.READ_COMMITTED)
            .assertEachExactlyOnce(feeder.sent())
            .assertInOrder();
      }
    }
  }

  @Test
  void aBrokerThatIsNotThereIsOneLine() throws Exception {
    JavaProcess check =
        command(
            "no-broker",
            "topics",
            "check",
            "--set",
            "kafka.bootstrap.servers=127.0.0.1:1",
            "--set",
            "kafka.default.api.timeout.ms=2000",
            "--set",
            "kafka.request.timeout.ms=1000");

    assertThat(check.exitStatus(PATIENCE)).isEqualTo(1);
    assertThat(check.output()).contains("127.0.0.1:1").doesNotContain("\tat io.segue");
  }

  private void publishAndActivateTheNextVersion(Path config) throws Exception {
    JavaProcess publish =
        command(
            "publish", "model", "publish", "" + folder.resolve("built-1"), "--config", "" + config);
    assertThat(publish.exitStatus(PATIENCE)).as(publish.output()).isZero();
    assertThat(publish.output()).contains("version: 2");
    JavaProcess activate =
        command("activate", "model", "activate", "2", "--model", "line", "--config", "" + config);
    // By the jobs it would be a dead letter among the outcomes of frames.
    JavaProcess refused =
        command(
            "refused",
            "model",
            "activate",
            "9",
            "--direct",
            "--model",
            "line",
            "--config",
            "" + config);
    assertThat(activate.exitStatus(PATIENCE)).as(activate.output()).isZero();
    assertThat(activate.output()).contains("live 2, previous 1");
    assertThat(refused.exitStatus(PATIENCE)).isEqualTo(1);
    assertThat(refused.output()).contains("version 9 is not in the registry; publish it");
  }

  private JavaProcess command(String name, String... arguments) {
    List<String> options =
        List.of("-Xmx768m", "-XX:+UseSerialGC", "-Dsegue.log=" + folder.resolve(name + "-job.log"));
    return JavaProcess.start(name, folder.resolve("processes"), options, Segue.class, arguments);
  }

  private static void awaitOutcomes(SegmentLine line, int count) {
    Awaitility.await(count + " committed outcomes")
        .atMost(PATIENCE)
        .until(() -> line.countOutcomes(IsolationLevel.READ_COMMITTED) >= count);
  }

  private static void awaitReady(JavaProcess process) {
    Awaitility.await(process + " ready")
        .atMost(PATIENCE)
        .until(() -> process.output().contains("ready {") || !process.isAlive());
    assertThat(process.isAlive()).as(process.output()).isTrue();
  }

  private Path config(SegmentLine line) throws Exception {
    String yaml =
        """
        kafka: {bootstrap.servers: "%s"}
        flink: {execution.checkpointing.interval: 1 s}
        topics: {partitions: 4}
        registry: %s
        payloads: %s
        streams:
          - {match: "*", model: line}
        learn:
          model: line
          taxonomy: {id: line-3, version: 1, ignore_value: 255,
                     classes: [{name: sky, rgb: 0x4682B4}, {name: road, rgb: 0x804080},
                               {name: car, rgb: 0x00008E}]}
          replay: {root: %s}
          training: {work_dir: %s}
        """
            .formatted(
                line.bootstrapServers(),
                folder.resolve("registry").toUri(),
                folder.resolve("payloads").toUri(),
                folder.resolve("replay").toUri(),
                folder.resolve("work"));
    return Files.writeString(folder.resolve("segue.yaml"), yaml);
  }
}

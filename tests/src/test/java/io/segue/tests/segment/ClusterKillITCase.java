package io.segue.tests.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.deploy.job.SegmentJob;
import io.segue.tests.cluster.FlinkProcesses;
import io.segue.tests.cluster.FlinkRest;
import io.segue.tests.cluster.KafkaProcess;
import io.segue.tests.cluster.ZooKeeperProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A line whose every part is a process of its own loses its broker and then its JobManager, each in
 * mid-stream and while a version is replaced; every frame has exactly one committed outcome, in
 * order. Prints how long each process takes to start.
 */
class ClusterKillITCase {
  private static final int STREAMS = 4;
  private static final long CHECKPOINT_MILLIS = 2000;
  private static final int ATTEMPTS = 4;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void eachFrameHasOneOutcomeAfterTheBrokerAndTheJobManagerWereKilled() throws Exception {
    try (ZooKeeperProcess zooKeeper =
            timed("ZooKeeper", () -> ZooKeeperProcess.start(folder.resolve("zookeeper")));
        KafkaProcess broker = timed("broker", () -> KafkaProcess.start(folder.resolve("kafka")));
        FlinkProcesses cluster =
            timed(
                "JobManager and TaskManager",
                () ->
                    FlinkProcesses.start(
                        folder.resolve("cluster"), 1, 2, zooKeeper.highAvailability()));
        SegmentLine line = SegmentLine.at(broker.bootstrapServers(), folder, 3);
        Cameras cameras = new Cameras(line, STREAMS, 160, 120)) {
      StreamExecutionEnvironment env = cluster.environment(line.engine(CHECKPOINT_MILLIS));
      env.setParallelism(2);
      SegmentJob.build(env, line.options());
      JobClient job = env.executeAsync("segment");
      try {
        cameras.finish();
        line.activate(2);
        killBroker(line, cameras, broker);
        line.activate(3);
        KillTrial.killUntilMasksAreRolledBack(
            "the JobManager", line, cameras, () -> killJobManager(line, cameras, cluster, job));
        cameras.sendUntil("masks of the newest version", () -> line.hasServed(3));
        cameras.finish();
        line.outcomes(IsolationLevel.READ_COMMITTED)
            .assertEachExactlyOnce(cameras.sent())
            .assertInOrder()
            .assertCutOversAgree()
            .assertVersionsOnlyRise();
      } finally {
        job.cancel().get();
      }
    }
  }

  /** Kills and restarts the broker until a kill has met frames in flight. */
  private static void killBroker(SegmentLine line, Cameras cameras, KafkaProcess broker)
      throws Exception {
    int inFlight = 0;
    for (int attempt = 0; inFlight == 0 && attempt < ATTEMPTS; attempt++) {
      sendUntilMasksAreOpen(line, cameras);
      broker.kill();
      timed(
          "broker over its data",
          () -> {
            broker.restart();
            return broker;
          });
      inFlight = cameras.sent().size() - line.countOutcomes(IsolationLevel.READ_COMMITTED);
      cameras.finish();
      System.out.println(
          "killed the broker: %d frames without a committed outcome".formatted(inFlight));
    }
    assertThat(inFlight).as("frames in flight when the broker was killed").isPositive();
  }

  /** Kills the JobManager and waits until another has restored the job from its checkpoint. */
  private static void killJobManager(
      SegmentLine line, Cameras cameras, FlinkProcesses cluster, JobClient job) throws Exception {
    sendUntilMasksAreOpen(line, cameras);
    cluster.jobManager().kill();
    timed(
        "JobManager until it has restored the job",
        () -> {
          cluster.startJobManager();
          awaitRestored(cluster.rest(), job.getJobID());
          return cluster;
        });
  }

  private static void sendUntilMasksAreOpen(SegmentLine line, Cameras cameras) {
    int before = line.countUncommitted();
    cameras.sendUntil("masks that are not committed", () -> line.countUncommitted() > before);
  }

  private static void awaitRestored(FlinkRest rest, JobID job) {
    Awaitility.await("the job restored from its checkpoint")
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .until(() -> rest.checkpoints(job, "restored") > 0);
  }

  private static <T> T timed(String what, Callable<T> start) throws Exception {
    long from = System.nanoTime();
    T started = start.call();
    System.out.println(
        "started %s in %d ms".formatted(what, (System.nanoTime() - from) / 1_000_000));
    return started;
  }
}

package io.segue.tests.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.image.MaskCodec;
import io.segue.deploy.job.LearnJob;
import io.segue.deploy.job.SegmentJob;
import io.segue.deploy.job.SegmentJobOptions;
import io.segue.operators.assign.StreamRule;
import io.segue.operators.assign.StreamRules;
import io.segue.operators.record.StableHash;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.InstanceStatus;
import io.segue.schemas.avro.InstanceStatusChange;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelEvent;
import io.segue.tests.cluster.LocalEngine;
import io.segue.tests.stream.FrameFeeder;
import io.segue.tests.stream.StreamOutcomes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Versions from their activation to their release, commanded through the learn job and served by
 * the segment job, and read from what both have committed.
 *
 * <p>Frames come as long as something is waited for. The segment job has one subtask, so that what
 * it says of a version is said of every stream's table.
 */
class LifeITCase {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final long CHECKPOINT_MILLIS = 300;
  private static final int ROUNDS = 3;
  private static final long EPOCH = 1_000;
  private static final long FIRST = 1;
  private static final long SECOND = 2;
  private static final long TRIED = 3;
  private static final long AS_IT_IS = 4;
  private static final String PINNED = "gate";
  private static final String LADDERED = "laddered";
  private static final List<String> CAMERAS = List.of("cam-0", "cam-1", "cam-2", "cam-3");
  private static final List<String> STREAMS =
      Stream.concat(CAMERAS.stream(), Stream.of(PINNED)).toList();
  private static final double CANARY_SHARE = 0.5;
  private static final String SALT = "life";
  private static final long ACTIVATED_SEQUENCE = 1_000_000;

  private static final String DEAR_PLAN = "s1+2+flip-PROBABILITIES";
  private static final String CHEAP_PLAN = "s1";

  /** Frames without an outcome that are a load: more than the job keeps in flight. */
  private static final int BACKLOG = 120;

  /** In two graphs of the same weights only near ties differ. */
  private static final double LEAST_EQUAL = 0.95;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private final byte[] picture = SegmentLine.jpeg(SegmentLine.WIDTH, SegmentLine.HEIGHT, 1);
  private SegmentLine line;
  private FrameFeeder feeder;
  private long sequence;

  @Test
  void versionsAreServedAsTheyAreCommanded() throws Exception {
    try (SegmentLine started = SegmentLine.start(folder, (int) TRIED);
        LocalEngine engine = LocalEngine.start(2);
        FrameFeeder frames = started.feeder()) {
      line = started;
      feeder = frames;
      line.publishAsItIs(AS_IT_IS, SECOND);
      JobClient segment = segment(engine);
      JobClient learn = learn(engine);
      try {
        feedUntil("every stream on the first version", onAll(STREAMS, FIRST));
        pinWhileOthersSwap();
        canary();
        shadow();
        activateAtCaptureTime();
        rollBack();
        stepDownUnderLoad();
        awaitAllOutcomes();
      } finally {
        segment.cancel().get();
        learn.cancel().get();
      }
      assertOutcomes(line.outcomes(IsolationLevel.READ_COMMITTED));
    }
  }

  private void pinWhileOthersSwap() throws Exception {
    line.command(ControlAction.PIN, FIRST, Map.of("match", PINNED));
    line.command(ControlAction.ACTIVATE, SECOND, Map.of());
    feedUntil("all but the pinned stream on the second version", onAll(CAMERAS, SECOND));
  }

  private void canary() throws Exception {
    line.command(
        ControlAction.CANARY, TRIED, Map.of("share", Double.toString(CANARY_SHARE), "salt", SALT));
    feedUntil("the chosen streams on the canary", onAll(chosen(), TRIED));
    line.command(ControlAction.CANARY, null, Map.of());
    feedUntil(
        "the canary's end", onAll(CAMERAS, SECOND).and(told(TRIED, InstanceStatus.RELEASED, 1)));
  }

  private static List<String> chosen() {
    List<String> chosen =
        CAMERAS.stream()
            .filter(stream -> StableHash.uniform(0, SALT + '/' + stream) < CANARY_SHARE)
            .toList();
    assertThat(chosen).as("some streams, and not all").hasSizeBetween(1, CAMERAS.size() - 1);
    return chosen;
  }

  private void shadow() throws Exception {
    line.command(ControlAction.SHADOW, TRIED, Map.of());
    feedUntil(
        "a report of the shadow",
        seen -> shadowReports().stream().anyMatch(it -> it.getVersion() == TRIED));
    line.command(ControlAction.SHADOW, null, Map.of());
    feedUntil("the shadow's end", told(TRIED, InstanceStatus.RELEASED, 2));
    assertThat(shadowReports())
        .allSatisfy(report -> assertThat(report.getValue()).isBetween(0.0, 1.0));
  }

  private List<Metric> shadowReports() {
    return line
        .reader()
        .values(line.topics().metrics(), IsolationLevel.READ_COMMITTED, Metric.class)
        .stream()
        .filter(metric -> metric.getName().equals("shadow/agreementMiou"))
        .toList();
  }

  private void activateAtCaptureTime() throws Exception {
    line.command(ControlAction.UNPIN, null, Map.of("match", PINNED));
    feedUntil("the pin's end", onAll(STREAMS, SECOND));
    Instant at =
        FrameFeeder.frame(new FrameId(PINNED, EPOCH, ACTIVATED_SEQUENCE), picture).getCaptureTime();
    line.command(ControlAction.ACTIVATE, AS_IT_IS, Map.of("activateAt", at.toString()));
    feedUntil("the SavedModel warmed", told(AS_IT_IS, InstanceStatus.WARMED, 1));
    sequence = ACTIVATED_SEQUENCE - ROUNDS;
    feedUntil("every stream on the SavedModel", onAll(STREAMS, AS_IT_IS));
  }

  private void rollBack() throws Exception {
    line.command(ControlAction.ACTIVATE, AS_IT_IS, Map.of());
    feedUntil("the first version released", told(FIRST, InstanceStatus.RELEASED, 1));
    line.command(ControlAction.ROLLBACK, null, Map.of());
    feedUntil(
        "every stream back",
        onAll(STREAMS, SECOND).and(told(AS_IT_IS, InstanceStatus.RELEASED, 1)));
  }

  private void stepDownUnderLoad() {
    Awaitility.await("the best plan, without load")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              feeder.send(LADDERED, EPOCH, sequence++, picture);
              feeder.flush();
              return latestPlan().equals(DEAR_PLAN);
            });
    Awaitility.await("a cheaper plan, under load")
        .atMost(PATIENCE)
        .until(
            () -> {
              int behind = feeder.sent().size() - line.countOutcomes(IsolationLevel.READ_COMMITTED);
              for (int i = behind; i < BACKLOG; i++) {
                feeder.send(LADDERED, EPOCH, sequence++, picture);
              }
              feeder.flush();
              return latestPlan().equals(CHEAP_PLAN);
            });
  }

  private String latestPlan() {
    return of(line.outcomes(IsolationLevel.READ_COMMITTED), LADDERED)
        .reduce((earlier, later) -> later)
        .map(Mask::getPlan)
        .orElse("");
  }

  /** Everything that was sent, in the order of the streams' histories. */
  private void assertOutcomes(StreamOutcomes outcomes) {
    outcomes.assertEachExactlyOnce(feeder.sent()).assertInOrder().assertCutOversAgree();
    List<String> chosen = chosen();
    for (String stream : CAMERAS) {
      List<Long> history =
          chosen.contains(stream)
              ? List.of(FIRST, SECOND, TRIED, SECOND, AS_IT_IS, SECOND)
              : List.of(FIRST, SECOND, AS_IT_IS, SECOND);
      assertThat(history(outcomes, stream)).as(stream).isEqualTo(history);
    }
    assertThat(history(outcomes, PINNED)).containsExactly(FIRST, SECOND, AS_IT_IS, SECOND);
    for (String stream : STREAMS) {
      Mask first =
          of(outcomes, stream)
              .filter(mask -> mask.getVersion() == AS_IT_IS)
              .findFirst()
              .orElseThrow();
      assertThat(first.getId().getSequence()).as(stream).isEqualTo(ACTIVATED_SEQUENCE);
    }
    assertThat(equalShare(outcomes, SECOND, AS_IT_IS)).isGreaterThan(LEAST_EQUAL);
    assertThat(equalShare(outcomes, FIRST, SECOND)).isLessThan(LEAST_EQUAL);
    assertLives(outcomes);
  }

  private static void assertLives(StreamOutcomes outcomes) {
    assertThat(statuses(outcomes, FIRST))
        .containsSubsequence(
            InstanceStatus.LOADING,
            InstanceStatus.WARMED,
            InstanceStatus.SERVING,
            InstanceStatus.RELEASED);
    assertThat(statuses(outcomes, TRIED))
        .containsSubsequence(
            InstanceStatus.LOADING,
            InstanceStatus.WARMED,
            InstanceStatus.SERVING,
            InstanceStatus.RELEASED,
            InstanceStatus.LOADING,
            InstanceStatus.WARMED,
            InstanceStatus.SHADOWING,
            InstanceStatus.RELEASED)
        .doesNotContain(InstanceStatus.FAILED);
    assertThat(outcomes.events())
        .allSatisfy(
            event -> {
              if (event.getEvent() instanceof InstanceStatusChange) {
                assertThat(event.getReason()).isNotBlank();
              }
            });
  }

  /** The versions of a stream's masks, one after the other. */
  private static List<Long> history(StreamOutcomes outcomes, String stream) {
    List<Long> versions = new ArrayList<>();
    of(outcomes, stream)
        .map(Mask::getVersion)
        .filter(it -> versions.isEmpty() || !versions.get(versions.size() - 1).equals(it))
        .forEach(versions::add);
    return versions;
  }

  /** Share of equal pixels of what two versions make of the picture. */
  private static double equalShare(StreamOutcomes outcomes, long one, long other) {
    byte[] a = pixels(outcomes, one);
    byte[] b = pixels(outcomes, other);
    int equal = 0;
    for (int i = 0; i < a.length; i++) {
      equal += a[i] == b[i] ? 1 : 0;
    }
    return (double) equal / a.length;
  }

  private static byte[] pixels(StreamOutcomes outcomes, long version) {
    ByteBuffer png =
        outcomes.masks().stream()
            .filter(mask -> mask.getVersion() == version && mask.getPlan().equals(CHEAP_PLAN))
            .findFirst()
            .orElseThrow()
            .getPayload();
    byte[] bytes = new byte[png.remaining()];
    png.duplicate().get(bytes);
    return MaskCodec.decode(bytes).indices();
  }

  private static List<InstanceStatus> statuses(StreamOutcomes outcomes, long version) {
    return outcomes.events().stream()
        .filter(event -> event.getVersion() == version)
        .map(ModelEvent::getEvent)
        .filter(InstanceStatusChange.class::isInstance)
        .map(event -> ((InstanceStatusChange) event).getStatus())
        .toList();
  }

  private static Stream<Mask> of(StreamOutcomes outcomes, String stream) {
    return outcomes.masks().stream().filter(it -> it.getId().getStreamId().equals(stream));
  }

  /** Whether the latest mask of each of the streams is of a version. */
  private static Predicate<StreamOutcomes> onAll(List<String> streams, long version) {
    return seen ->
        streams.stream()
            .allMatch(
                stream ->
                    of(seen, stream)
                        .reduce((earlier, later) -> later)
                        .filter(latest -> latest.getVersion() == version)
                        .isPresent());
  }

  /** Whether a version was said to be in a status so many times. */
  private static Predicate<StreamOutcomes> told(long version, InstanceStatus status, int times) {
    return seen -> statuses(seen, version).stream().filter(it -> it == status).count() >= times;
  }

  /** Sends frames of every stream until committed outcomes are as wanted. */
  private void feedUntil(String what, Predicate<StreamOutcomes> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              for (int round = 0; round < ROUNDS; round++, sequence++) {
                for (String stream : STREAMS) {
                  feeder.send(stream, EPOCH, sequence, picture);
                }
              }
              feeder.flush();
              return condition.test(line.outcomes(IsolationLevel.READ_COMMITTED));
            });
  }

  private void awaitAllOutcomes() {
    Awaitility.await("every outcome")
        .atMost(PATIENCE)
        .until(() -> line.countOutcomes(IsolationLevel.READ_COMMITTED) >= feeder.sent().size());
  }

  private JobClient segment(LocalEngine engine) throws Exception {
    SegmentJobOptions base = line.options();
    SegmentJobOptions options =
        new SegmentJobOptions(
            base.kafka(),
            base.topicPrefix(),
            base.groupId(),
            base.startingOffsets(),
            base.registryRoot(),
            base.payloadRoot(),
            new StreamRules(
                List.of(
                    new StreamRule(LADDERED, SegmentLine.MODEL, DEAR_PLAN, 0, List.of(CHEAP_PLAN)),
                    new StreamRule("*", SegmentLine.MODEL, CHEAP_PLAN))),
            base.serving(),
            base.limits(),
            base.identities(),
            base.streamTtl(),
            base.inFlight(),
            base.labelRequests(),
            base.sink());
    StreamExecutionEnvironment env = engine.environment(line.engine(CHECKPOINT_MILLIS));
    env.setParallelism(1);
    SegmentJob.build(env, options);
    return env.executeAsync("segment");
  }

  private JobClient learn(LocalEngine engine) throws Exception {
    StreamExecutionEnvironment env = engine.environment(line.engine(CHECKPOINT_MILLIS));
    env.setParallelism(1);
    LearnJob.build(env, line.learnOptions());
    return env.executeAsync("learn");
  }
}

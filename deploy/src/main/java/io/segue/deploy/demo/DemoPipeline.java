package io.segue.deploy.demo;

import io.segue.connectors.kafka.LatestState;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.deploy.demo.play.RecordOutput;
import io.segue.deploy.job.LearnJob;
import io.segue.deploy.job.LearnJobOptions;
import io.segue.deploy.job.SegmentJob;
import io.segue.deploy.job.SegmentJobOptions;
import io.segue.model.config.Plan;
import io.segue.operators.assign.StreamRule;
import io.segue.operators.assign.StreamRules;
import io.segue.operators.gate.GateOptions;
import io.segue.operators.replay.HoldoutSplit;
import io.segue.operators.replay.ReplayOptions;
import io.segue.operators.replay.Sampling;
import io.segue.operators.train.TrainingRecipe;
import io.segue.operators.train.TriggerOptions;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.ModelState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The two jobs with the demo's options, and the command that makes the first version live. */
final class DemoPipeline {
  private static final Duration ACTIVATION_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);
  private static final long SEED = 5;
  private static final int SEGMENT_ENTRIES = 32;
  private static final long SEGMENT_BYTES = 4 << 20;
  private static final Duration TRAINING_DEADLINE = Duration.ofMinutes(5);

  private final DemoSetting setting;
  private final WorkDirectory work;
  private final String registryUri;
  private final Properties kafka;
  private final SegueTopics topics;

  DemoPipeline(
      DemoSetting setting,
      WorkDirectory work,
      String registryUri,
      Properties kafka,
      SegueTopics topics) {
    this.setting = setting;
    this.work = work;
    this.registryUri = registryUri;
    this.kafka = kafka;
    this.topics = topics;
  }

  void segment(StreamExecutionEnvironment env) throws TimeoutException {
    StreamRules streams =
        new StreamRules(List.of(new StreamRule("*", DemoSetting.MODEL, Plan.SINGLE.id())));
    SegmentJob.build(
        env, SegmentJobOptions.of(client(), registryUri, work.uri("payloads"), streams));
  }

  void learn(StreamExecutionEnvironment env) throws TimeoutException {
    LearnJobOptions defaults =
        LearnJobOptions.of(
            client(),
            DemoSetting.MODEL,
            setting.footage().taxonomy(),
            registryUri,
            work.uri("payloads"),
            work.uri("replay"),
            work.resolve("train").toString());
    LearnJob.build(
        env,
        new LearnJobOptions(
            defaults.kafka(),
            defaults.topicPrefix(),
            defaults.groupId(),
            defaults.startingOffsets(),
            defaults.model(),
            defaults.taxonomy(),
            defaults.registryRoot(),
            defaults.payloadRoot(),
            defaults.limits(),
            defaults.join(),
            new HoldoutSplit(0.25, Duration.ofSeconds(3), Duration.ofMillis(500), SEED),
            replay(),
            new TriggerOptions(setting.retrainEveryLabels(), setting.retrainEveryLabels() / 2),
            recipe(),
            new GateOptions(0, 6, Plan.SINGLE.id()),
            defaults.scoreWindow(),
            defaults.maxVersions(),
            defaults.sink()));
  }

  private ReplayOptions replay() {
    return new ReplayOptions(
        work.uri("replay"),
        new Sampling(SEED, 600, 2, setting.halfLife()),
        new Sampling(SEED, 80, 1, setting.halfLife()),
        SEGMENT_ENTRIES,
        SEGMENT_BYTES,
        Duration.ofSeconds(2),
        TRAINING_DEADLINE.multipliedBy(3),
        1);
  }

  private TrainingRecipe recipe() {
    return new TrainingRecipe(
        setting.retrainSteps(),
        8,
        0,
        0,
        1,
        1,
        setting.retrainRate(),
        0,
        SEED,
        setting.dutyCycle(),
        TRAINING_DEADLINE,
        work.resolve("train").toString());
  }

  private Map<String, String> client() {
    return kafka.stringPropertyNames().stream()
        .collect(Collectors.toMap(name -> name, kafka::getProperty));
  }

  /**
   * Makes a version live and waits until that is announced.
   *
   * @param alive fails if nobody is there to announce it any longer
   * @throws TimeoutException if it is not announced within a minute
   */
  void activate(long version, RecordOutput output, Runnable alive)
      throws TimeoutException, InterruptedException {
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId("demo-activate-" + version)
            .setAction(ControlAction.ACTIVATE)
            .setModel(DemoSetting.MODEL)
            .setVersion(version)
            .setRequestedBy("demo")
            .setRequestedAt(Instant.now())
            .build();
    output.send(topics.control(), DemoSetting.MODEL, AvroCodec.encode(command));
    long deadline = System.nanoTime() + ACTIVATION_TIMEOUT.toNanos();
    while (!announced()) {
      alive.run();
      if (System.nanoTime() > deadline) {
        throw new TimeoutException(
            "version %d was not announced on '%s' within %d s"
                .formatted(version, topics.modelUpdates(), ACTIVATION_TIMEOUT.toSeconds()));
      }
      Thread.sleep(200);
    }
  }

  private boolean announced() throws TimeoutException {
    return LatestState.readToEnd(kafka, topics.modelUpdates(), ModelState.class, READ_TIMEOUT)
        .containsKey(DemoSetting.MODEL);
  }
}

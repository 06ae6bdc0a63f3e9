package io.segue.deploy.job;

import io.segue.connectors.kafka.Isolation;
import io.segue.connectors.kafka.KafkaSinks;
import io.segue.connectors.kafka.KafkaSources;
import io.segue.connectors.kafka.LatestState;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.connectors.kafka.StartingOffsets;
import io.segue.connectors.kafka.TopicAdmin;
import io.segue.connectors.payload.PayloadStore;
import io.segue.operators.control.ControlModels;
import io.segue.operators.control.ReadModelSignals;
import io.segue.operators.control.WatchServedScores;
import io.segue.operators.evaluate.ScoreServedMasks;
import io.segue.operators.gate.GateOptions;
import io.segue.operators.gate.JudgeCandidates;
import io.segue.operators.join.LabelJoin;
import io.segue.operators.join.LabelRules;
import io.segue.operators.join.ReadJoinInputs;
import io.segue.operators.record.PayloadReader;
import io.segue.operators.record.SideOutputs;
import io.segue.operators.record.TopicWriter;
import io.segue.operators.replay.OfferFrames;
import io.segue.operators.replay.ReplayBuffer;
import io.segue.operators.train.TrainCoordinator;
import io.segue.operators.train.TrainModels;
import io.segue.operators.train.TrainingEvents;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.TrainingStatus;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.GateResult;
import io.segue.schemas.flow.JoinInput;
import io.segue.schemas.flow.LabelledFrame;
import io.segue.schemas.flow.ModelSignal;
import io.segue.schemas.flow.ProducedRecord;
import io.segue.schemas.flow.ReplayOffer;
import io.segue.schemas.flow.ShardManifest;
import io.segue.schemas.flow.TrainOutcome;
import io.segue.schemas.flow.TrainRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job that learns: joins labels with frames and served masks, scores, keeps a sample, trains,
 * judges, and writes the state of the model that the segment job follows.
 *
 * <p>Everything it writes to Kafka goes through one sink, in one transaction a checkpoint. Training
 * and judging run beside the stream: checkpoints pass while they are at work.
 */
public final class LearnJob {
  /** Key groups of the job's state; a savepoint cannot be restored with another number. */
  public static final int MAX_PARALLELISM = 128;

  private static final Duration IDLE_STREAM = Duration.ofHours(1);
  private static final Duration TABLE_TIMEOUT = Duration.ofSeconds(30);

  private final StreamExecutionEnvironment env;
  private final LearnJobOptions options;
  private final LearnParts parts;
  private final SegueTopics topics;
  private final Properties kafka = new Properties();

  private LearnJob(StreamExecutionEnvironment env, LearnJobOptions options, LearnParts parts) {
    this.env = env;
    this.options = options;
    this.parts = parts;
    this.topics = new SegueTopics(options.topicPrefix());
    this.kafka.putAll(options.kafka());
  }

  /**
   * Adds the job to an environment, whose checkpoints must be on. Checks topics and reads {@code
   * model-updates} to its end first: what is written there counts until the job has a state of its
   * own.
   *
   * @throws IllegalArgumentException if checkpoints are off or taken at least once
   * @throws io.segue.connectors.kafka.TopicMismatchException if a topic is missing or not as needed
   * @throws TimeoutException if {@code model-updates} cannot be read
   */
  public static void build(StreamExecutionEnvironment env, LearnJobOptions options)
      throws TimeoutException {
    build(env, options, LearnParts.of(options));
  }

  /** Adds the job to an environment, with other hands for the work that takes long. */
  public static void build(
      StreamExecutionEnvironment env, LearnJobOptions options, LearnParts parts)
      throws TimeoutException {
    Checkpointing.requireExactlyOnce(env);
    env.configure(
        new Configuration()
            .set(PipelineOptions.GENERIC_TYPES, false)
            .set(PipelineOptions.OBJECT_REUSE, true));
    env.setMaxParallelism(MAX_PARALLELISM);
    LearnJob job = new LearnJob(env, options, parts);
    TopicAdmin.checkBeforeStart(job.kafka, job.topics, options.sink());
    job.wire(job.written());
  }

  private List<ModelState> written() throws TimeoutException {
    return List.copyOf(
        LatestState.readToEnd(kafka, topics.modelUpdates(), ModelState.class, TABLE_TIMEOUT)
            .values());
  }

  private void wire(List<ModelState> written) {
    SingleOutputStreamOperator<JoinInput> labels = joinInputs(ReadJoinInputs.Kind.LABELS);
    SingleOutputStreamOperator<LabelledFrame> labelled = join(labels);
    SingleOutputStreamOperator<Metric> scores = score(labelled);
    SingleOutputStreamOperator<ShardManifest> manifests = replay(labelled);
    SingleOutputStreamOperator<ModelSignal> states =
        signals(ReadModelSignals.Kind.STATES, topics.modelUpdates());
    SingleOutputStreamOperator<ModelSignal> commands =
        signals(ReadModelSignals.Kind.COMMANDS, topics.control());
    SingleOutputStreamOperator<TrainRequest> requests =
        one(
            manifests
                .map(signal(options.model()))
                .returns(new AvroTypeInfo<>(ModelSignal.class))
                .name("manifest-signals")
                .uid("manifest-signals")
                .union(states, commands)
                .keyBy(ModelSignal::getModel, Types.STRING)
                .process(new TrainCoordinator(options.trigger(), options.gate().minFrames())),
            "coordinate-training");
    SingleOutputStreamOperator<TrainOutcome> outcomes = train(requests);
    SingleOutputStreamOperator<GateResult> verdicts = judge(outcomes);
    SingleOutputStreamOperator<ModelState> updates =
        one(
            verdicts
                .map(verdictSignal())
                .returns(new AvroTypeInfo<>(ModelSignal.class))
                .name("verdict-signals")
                .uid("verdict-signals")
                .union(states, watched(commands, scores, states, written))
                .keyBy(ModelSignal::getModel, Types.STRING)
                .process(new ControlModels(parts.versions(), written, options.maxVersions())),
            "control-models");
    DataStream<ModelEvent> events =
        one(outcomes.flatMap(new TrainingEvents()), "training-events")
            .union(
                requests.getSideOutput(SideOutputs.MODEL_EVENTS),
                updates.getSideOutput(SideOutputs.MODEL_EVENTS));
    DataStream<Metric> metrics =
        scores.union(
            manifests.getSideOutput(SideOutputs.METRICS),
            updates.getSideOutput(SideOutputs.METRICS));
    DataStream<DeadLetter> letters =
        labels
            .getSideOutput(SideOutputs.DEAD_LETTERS)
            .union(
                labelled.getSideOutput(SideOutputs.DEAD_LETTERS),
                states.getSideOutput(SideOutputs.DEAD_LETTERS),
                commands.getSideOutput(SideOutputs.DEAD_LETTERS),
                updates.getSideOutput(SideOutputs.DEAD_LETTERS));
    write(updates, events, metrics, letters);
  }

  /** The commands, and those of the watch where one is asked for. */
  private DataStream<ModelSignal> watched(
      DataStream<ModelSignal> commands,
      DataStream<Metric> scores,
      DataStream<ModelSignal> states,
      List<ModelState> written) {
    GateOptions gate = options.gate();
    String model = options.model();
    if (gate.rollbackDrop() == 0) {
      return commands;
    }
    return commands.union(
        one(
            scores
                .filter(metric -> model.equals(metric.getModel()))
                .name("scores-of-models")
                .uid("scores-of-models")
                .keyBy(Metric::getModel, Types.STRING)
                .connect(states.keyBy(ModelSignal::getModel, Types.STRING))
                .process(
                    new WatchServedScores(gate.rollbackDrop(), gate.rollbackFrames(), written)),
            "watch-served-scores"));
  }

  private SingleOutputStreamOperator<LabelledFrame> join(DataStream<JoinInput> labels) {
    return joinInputs(ReadJoinInputs.Kind.FRAMES)
        .union(joinInputs(ReadJoinInputs.Kind.MASKS), labels)
        .keyBy(input -> input.getId().getStreamId(), Types.STRING)
        .process(
            new LabelJoin(
                options.join(), LabelRules.of(options.taxonomy()), payloads(), options.limits()))
        .name("join-labels")
        .uid("join-labels");
  }

  private SingleOutputStreamOperator<Metric> score(DataStream<LabelledFrame> labelled) {
    return DataStreamUtils.reinterpretAsKeyedStream(
            labelled, frame -> frame.getId().getStreamId(), Types.STRING)
        .process(
            new ScoreServedMasks(
                LabelRules.of(options.taxonomy()),
                options.holdout(),
                payloads(),
                options.limits(),
                options.scoreWindow(),
                IDLE_STREAM))
        .name("score-served-masks")
        .uid("score-served-masks");
  }

  private SingleOutputStreamOperator<ShardManifest> replay(DataStream<LabelledFrame> labelled) {
    SingleOutputStreamOperator<ReplayOffer> offers =
        labelled
            .flatMap(new OfferFrames(options.holdout(), options.replay()))
            .name("offer-frames")
            .uid("offer-frames");
    return offers
        .keyBy(ReplayBuffer::shardKey, Types.STRING)
        .process(new ReplayBuffer(options.replay(), Clock.systemUTC()))
        .name("replay-buffer")
        .uid("replay-buffer");
  }

  private SingleOutputStreamOperator<TrainOutcome> train(DataStream<TrainRequest> requests) {
    return one(
        AsyncDataStream.unorderedWait(
            requests,
            new TrainModels(parts.runs(), options.training().deadline()),
            0,
            TimeUnit.MILLISECONDS,
            TrainModels.CAPACITY),
        "train-models");
  }

  private SingleOutputStreamOperator<GateResult> judge(DataStream<TrainOutcome> outcomes) {
    SingleOutputStreamOperator<TrainOutcome> completed =
        one(
            outcomes.filter(outcome -> outcome.getStatus() == TrainingStatus.COMPLETED),
            "completed-runs");
    return one(
        AsyncDataStream.unorderedWait(
            completed,
            new JudgeCandidates(parts.judges()),
            0,
            TimeUnit.MILLISECONDS,
            TrainModels.CAPACITY),
        "judge-candidates");
  }

  private SingleOutputStreamOperator<JoinInput> joinInputs(ReadJoinInputs.Kind kind) {
    String topic =
        switch (kind) {
          case FRAMES -> topics.frames();
          case MASKS -> topics.masks();
          case LABELS -> topics.labels();
        };
    String name = "read-" + topic.substring(topics.prefix().length());
    return source(topic, options.startingOffsets())
        .process(new ReadJoinInputs(kind))
        .name(name)
        .uid(name);
  }

  private SingleOutputStreamOperator<ModelSignal> signals(
      ReadModelSignals.Kind kind, String topic) {
    StartingOffsets start =
        kind == ReadModelSignals.Kind.STATES ? StartingOffsets.EARLIEST : StartingOffsets.COMMITTED;
    String name = "read-" + topic.substring(topics.prefix().length());
    return one(
        source(topic, start).process(new ReadModelSignals(kind, options.model(), parts.versions())),
        name);
  }

  private SingleOutputStreamOperator<ConsumedRecord> source(String topic, StartingOffsets start) {
    String name = topic.substring(topics.prefix().length());
    return env.fromSource(
            KafkaSources.read(
                kafka,
                options.groupId() + "-" + name,
                List.of(topic),
                Isolation.READ_COMMITTED,
                start),
            WatermarkStrategy.noWatermarks(),
            name,
            new AvroTypeInfo<>(ConsumedRecord.class))
        .uid(name);
  }

  private void write(
      DataStream<ModelState> updates,
      DataStream<ModelEvent> events,
      DataStream<Metric> metrics,
      DataStream<DeadLetter> letters) {
    TopicWriter writer = new TopicWriter(options.topicPrefix(), options.payloadRoot());
    encoded(updates, writer::state, "encode-states")
        .union(
            encoded(events, writer::event, "encode-events"),
            encoded(metrics, writer::metric, "encode-metrics"),
            encoded(letters, writer::deadLetter, "encode-dead-letters"))
        .sinkTo(KafkaSinks.write(kafka, options.sink(), Duration.ofMillis(checkpointInterval())))
        .name("write-topics")
        .uid("write-topics");
  }

  private long checkpointInterval() {
    long interval = env.getCheckpointInterval();
    if (interval <= 0) {
      throw new IllegalArgumentException(
          "checkpointing is off, and nothing is written without; set"
              + " execution.checkpointing.interval");
    }
    return interval;
  }

  private static <T> DataStream<ProducedRecord> encoded(
      DataStream<T> records, MapFunction<T, ProducedRecord> encoder, String name) {
    return records
        .map(encoder)
        .returns(new AvroTypeInfo<>(ProducedRecord.class))
        .name(name)
        .uid(name);
  }

  /** An operator that there is one of. */
  private static <T> SingleOutputStreamOperator<T> one(
      SingleOutputStreamOperator<T> operator, String name) {
    return operator.setParallelism(1).name(name).uid(name);
  }

  private PayloadReader payloads() {
    String root = options.payloadRoot();
    return ref -> new PayloadStore(root).get(ref);
  }

  private static MapFunction<ShardManifest, ModelSignal> signal(String model) {
    return manifest -> new ModelSignal(model, manifest);
  }

  private static MapFunction<GateResult, ModelSignal> verdictSignal() {
    return result -> new ModelSignal(result.getRequest().getModel(), result);
  }
}

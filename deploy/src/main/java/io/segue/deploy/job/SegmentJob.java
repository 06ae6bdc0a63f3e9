package io.segue.deploy.job;

import io.segue.connectors.kafka.Delivery;
import io.segue.connectors.kafka.Isolation;
import io.segue.connectors.kafka.KafkaSinks;
import io.segue.connectors.kafka.KafkaSources;
import io.segue.connectors.kafka.LatestState;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.connectors.kafka.StartingOffsets;
import io.segue.connectors.kafka.TopicAdmin;
import io.segue.operators.admit.AdmitFrames;
import io.segue.operators.assign.AssignVersion;
import io.segue.operators.assign.ReadModelUpdates;
import io.segue.operators.record.TopicWriter;
import io.segue.operators.resequence.ReleaseOutcomes;
import io.segue.operators.segment.HostSource;
import io.segue.operators.segment.ModelLoader;
import io.segue.operators.segment.RegistryModelLoader;
import io.segue.operators.segment.ReportVersions;
import io.segue.operators.segment.SegmentFrames;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.flow.AdmittedFrame;
import io.segue.schemas.flow.AssignedFrame;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.Outcome;
import io.segue.schemas.flow.ProducedRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job that segments: frames in; masks, skips, dead letters, cut-overs, metrics and label
 * requests out, through one sink, so that what belongs together is committed together.
 *
 * <p>Every operator has a fixed uid and a maximum parallelism of {@value #MAX_PARALLELISM}: a
 * savepoint restores into any parallelism up to that.
 */
public final class SegmentJob {
  /** Key groups of the job's state; a savepoint cannot be restored with another number. */
  public static final int MAX_PARALLELISM = 128;

  private static final Duration TABLE_TIMEOUT = Duration.ofSeconds(30);

  private final SegmentJobOptions options;
  private final SegueTopics topics;
  private final TopicWriter writer;
  private final HostSource hosts;
  private final Properties kafka = new Properties();

  private SegmentJob(SegmentJobOptions options, ModelLoader loader) {
    this.options = options;
    this.topics = new SegueTopics(options.topicPrefix());
    this.writer = new TopicWriter(options.topicPrefix(), options.payloadRoot());
    this.hosts = new HostSource(options.serving(), loader, options.limits());
    this.kafka.putAll(options.kafka());
  }

  /**
   * Adds the job to an environment, with versions from the registry. Checks topics and reads {@code
   * model-updates} to its end first.
   *
   * @throws IllegalArgumentException if checkpoints are taken at least once
   * @throws IllegalStateException if a model that streams use has not been announced, or results
   *     are to be delivered exactly once without checkpoints
   * @throws io.segue.connectors.kafka.TopicMismatchException if a topic is missing or not as needed
   * @throws TimeoutException if {@code model-updates} cannot be read
   */
  public static void build(StreamExecutionEnvironment env, SegmentJobOptions options)
      throws TimeoutException {
    build(
        env,
        options,
        new RegistryModelLoader(options.registryRoot(), options.serving().engineChoice()));
  }

  /** Adds the job to an environment, with versions from anywhere. */
  public static void build(
      StreamExecutionEnvironment env, SegmentJobOptions options, ModelLoader loader)
      throws TimeoutException {
    SegmentJob job = new SegmentJob(options, loader);
    TopicAdmin.checkBeforeStart(job.kafka, job.topics, options.sink());
    if (options.streams().skipByAge()) {
      job.checkAges();
    }
    job.build(env, job.announced());
  }

  /** Adds the job to an environment, with a table read before. */
  static void build(
      StreamExecutionEnvironment env,
      SegmentJobOptions options,
      ModelLoader loader,
      List<ModelState> announced) {
    new SegmentJob(options, loader).build(env, announced);
  }

  private void checkAges() {
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      admin.checkAppendTime(topics.frames());
    }
  }

  private List<ModelState> announced() throws TimeoutException {
    Map<String, ModelState> table =
        LatestState.readToEnd(kafka, topics.modelUpdates(), ModelState.class, TABLE_TIMEOUT);
    for (String model : options.streams().models()) {
      if (!table.containsKey(model)) {
        throw new IllegalStateException(
            "model '%s', which streams use, has not been announced in '%s' (announced: %s); run 'segue model activate' first"
                .formatted(model, topics.modelUpdates(), table.keySet()));
      }
    }
    return List.copyOf(table.values());
  }

  private void build(StreamExecutionEnvironment env, List<ModelState> announced) {
    Checkpointing.requireExactlyOnce(env);
    Duration checkpointInterval = checkpointInterval(env);
    env.configure(
        new Configuration()
            .set(PipelineOptions.GENERIC_TYPES, false)
            .set(PipelineOptions.OBJECT_REUSE, true));
    env.setMaxParallelism(MAX_PARALLELISM);
    if (env.getConfiguration().getOptional(ExecutionOptions.BUFFER_TIMEOUT).isEmpty()) {
      // Records are few and large: gathering them would cost each 100 ms twice and save nothing.
      env.setBufferTimeout(0);
    }

    SingleOutputStreamOperator<AdmittedFrame> admitted =
        source(env, topics.frames(), options.groupId(), options.startingOffsets())
            .process(new AdmitFrames(options.limits(), writer))
            .returns(type(AdmittedFrame.class))
            .uid("admit")
            .name("admit");
    SingleOutputStreamOperator<ModelState> updates =
        source(
                env,
                topics.modelUpdates(),
                options.groupId() + "-model-updates",
                StartingOffsets.EARLIEST)
            .setParallelism(1)
            .process(new ReadModelUpdates(writer))
            .returns(type(ModelState.class))
            .setParallelism(1)
            .uid("read-model-updates")
            .name("read model updates");
    SingleOutputStreamOperator<AssignedFrame> assigned =
        admitted
            .keyBy(frame -> frame.getId().getStreamId(), Types.STRING)
            .connect(updates.broadcast(AssignVersion.MODELS))
            .process(
                new AssignVersion(
                    options.streams(),
                    options.identities(),
                    options.streamTtl(),
                    announced,
                    hosts,
                    writer),
                type(AssignedFrame.class))
            .uid("assign-version")
            .name("assign version");
    SingleOutputStreamOperator<Outcome> outcomes =
        AsyncDataStream.unorderedWait(
                assigned,
                new SegmentFrames(hosts, options.payloadRoot()),
                0,
                TimeUnit.MILLISECONDS,
                options.inFlight())
            .returns(type(Outcome.class))
            .uid("segment")
            .name("segment");
    SingleOutputStreamOperator<ProducedRecord> released =
        outcomes
            .keyBy(Outcome::getStreamId, Types.STRING)
            .process(new ReleaseOutcomes(writer, options.labelRequests(), options.streams()))
            .returns(type(ProducedRecord.class))
            .uid("resequence")
            .name("resequence");
    released
        .union(
            admitted.getSideOutput(AdmitFrames.DEAD_LETTERS),
            updates.getSideOutput(ReadModelUpdates.DEAD_LETTERS),
            assigned
                .getSideOutput(AssignVersion.RECORDS)
                .transform(
                    "report versions",
                    type(ProducedRecord.class),
                    new ReportVersions(hosts, writer))
                .uid("report-versions"))
        .sinkTo(KafkaSinks.write(kafka, options.sink(), checkpointInterval))
        .uid("sink")
        .name("sink");
  }

  private Duration checkpointInterval(StreamExecutionEnvironment env) {
    long millis = env.getCheckpointInterval();
    if (millis <= 0 && options.sink().delivery() == Delivery.EXACTLY_ONCE) {
      throw new IllegalStateException(
          "results are to be delivered exactly once, but checkpoints are off; set"
              + " execution.checkpointing.interval or choose AT_LEAST_ONCE");
    }
    return Duration.ofMillis(Math.max(0, millis));
  }

  private SingleOutputStreamOperator<ConsumedRecord> source(
      StreamExecutionEnvironment env, String topic, String groupId, StartingOffsets offsets) {
    String name = topic.substring(topics.prefix().length());
    return env.fromSource(
            KafkaSources.read(kafka, groupId, List.of(topic), Isolation.READ_COMMITTED, offsets),
            WatermarkStrategy.noWatermarks(),
            name,
            type(ConsumedRecord.class))
        .uid("source-" + name)
        .name(name);
  }

  private static <T extends org.apache.avro.specific.SpecificRecordBase> TypeInformation<T> type(
      Class<T> type) {
    return new AvroTypeInfo<>(type);
  }
}

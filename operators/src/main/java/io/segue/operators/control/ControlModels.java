package io.segue.operators.control;

import io.segue.operators.record.DeadLetters;
import io.segue.operators.record.SideOutputs;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.flow.ControlStatus;
import io.segue.schemas.flow.GateResult;
import io.segue.schemas.flow.ModelSignal;
import io.segue.schemas.flow.ReceivedCommand;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * The single writer of a model's published state; the key is the model. Verdicts and commands
 * become states with growing revisions, status events and, for what cannot be done, dead letters. A
 * version that is to be activated by time becomes the live one in the state at that time by the
 * clock of this process.
 *
 * <p>Publishing to the registry is the one thing done outside Flink's transaction: it is repeated
 * after a restore and finds the version that it made before.
 */
public final class ControlModels extends KeyedProcessFunction<String, ModelSignal, ModelState> {
  /** Mean IoU of one version on a snapshot of the holdout. */
  public static final String HOLDOUT = "holdout/miou";

  private final PublishedVersions versions;
  private final List<ModelState> written;
  private final int maxVersions;
  private final DeadLetters deadLetters = new DeadLetters("control");

  private transient ValueState<ControlStatus> status;

  /**
   * Writes states of the models whose versions these are.
   *
   * @param written the states on the topic when the job was started; restored state wins
   * @param maxVersions of a model that one serving process holds, {@code
   *     segment.serving.max_versions}
   */
  public ControlModels(PublishedVersions versions, List<ModelState> written, int maxVersions) {
    this.versions = versions;
    this.written = List.copyOf(written);
    this.maxVersions = maxVersions;
  }

  @Override
  public void open(OpenContext context) {
    status =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>("control", new AvroTypeInfo<>(ControlStatus.class)));
  }

  @Override
  public void processElement(ModelSignal signal, Context context, Collector<ModelState> out)
      throws Exception {
    long now = context.timerService().currentProcessingTime();
    ModelLife life = life(signal.getModel(), now);
    life.activateDue();
    Object content = signal.getSignal();
    if (content instanceof ModelState state) {
      life.adopt(state);
    } else if (content instanceof GateResult result) {
      Optional<Long> version = life.decide(result);
      if (version.isPresent()) {
        score(result, version.get(), context);
      }
    } else if (content instanceof ReceivedCommand received) {
      carryOut(life, received, now, context);
    }
    write(life, context, out);
  }

  /** The time of an activation has come. */
  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<ModelState> out)
      throws Exception {
    long now = Math.max(timestamp, context.timerService().currentProcessingTime());
    write(life(context.getCurrentKey(), now), context, out);
  }

  private void write(ModelLife life, Context context, Collector<ModelState> out)
      throws IOException {
    life.activateDue();
    status.update(life.status());
    life.newState().ifPresent(out::collect);
    life.events().forEach(event -> context.output(SideOutputs.MODEL_EVENTS, event));
    life.nextActivation().ifPresent(context.timerService()::registerProcessingTimeTimer);
  }

  private ModelLife life(String model, long now) throws IOException {
    ControlStatus known = status.value();
    ModelLife life = new ModelLife(model, known, versions, maxVersions, now);
    if (known == null) {
      written.stream().filter(state -> state.getModel().equals(model)).forEach(life::adopt);
    }
    return life;
  }

  private void carryOut(ModelLife life, ReceivedCommand received, long now, Context context)
      throws IOException {
    try {
      life.carryOut(received.getCommand());
    } catch (CommandRefusedException e) {
      context.output(
          SideOutputs.DEAD_LETTERS,
          deadLetters.of(
              received.getRecord(),
              Optional.empty(),
              DeadLetterCause.INVALID_COMMAND,
              e.getMessage(),
              now));
    }
  }

  private static void score(GateResult result, long version, Context context) {
    metric(result, version, result.getCandidateMiou(), context);
    metric(result, result.getLiveVersion(), result.getLiveMiou(), context);
  }

  private static void metric(
      GateResult result, long version, @Nullable Double miou, Context context) {
    if (miou == null) {
      return;
    }
    context.output(
        SideOutputs.METRICS,
        Metric.newBuilder()
            .setName(HOLDOUT)
            .setTime(Instant.ofEpochMilli(result.getJudgedAt()))
            .setValue(miou)
            .setModel(result.getRequest().getModel())
            .setVersion(version)
            .setAttributes(
                Map.of(
                    "candidateId", result.getVerdict().getCandidateId(),
                    "frames", Long.toString(result.getFrames())))
            .build());
  }
}

package io.segue.operators.control;

import io.segue.model.metric.ConfusionMatrix;
import io.segue.operators.evaluate.ScoreServedMasks;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.flow.ConsumedRecord;
import io.segue.schemas.flow.ModelSignal;
import io.segue.schemas.flow.ReceivedCommand;
import io.segue.schemas.flow.RunningScore;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Watches the scores of served masks beside the published states; the key is the model. A live
 * version that falls short of the one kept for a rollback is rolled back, a canary that falls short
 * of the live version is ended, each once for as long as it is in that place. Both are judged on
 * their newest labelled frames, which are not the same ones: where the world drifts, the drop that
 * is allowed must leave room for that.
 *
 * <p>Other versions are not judged, and a version that was rolled back is no yardstick: the state
 * names no previous version then, until another one goes live.
 */
public final class WatchServedScores
    extends KeyedCoProcessFunction<String, Metric, ModelSignal, ModelSignal> {
  private static final long serialVersionUID = 1L;
  private static final long NO_OFFSET = -1;

  /**
   * A comparison that a state asks for.
   *
   * @param version on trial
   * @param yardstick version that it must not fall short of
   * @param remedy what ends its service
   */
  private record Trial(long version, long yardstick, ControlAction remedy) {
    static List<Trial> of(ModelState state) {
      List<Trial> trials = new ArrayList<>();
      if (state.getPrevious() != null) {
        trials.add(new Trial(state.getLive(), state.getPrevious(), ControlAction.ROLLBACK));
      }
      if (state.getCanary() != null) {
        long canary = state.getCanary().getVersion();
        trials.add(new Trial(canary, state.getLive(), ControlAction.CANARY));
      }
      return trials;
    }
  }

  private final double drop;
  private final int frames;
  private final List<ModelState> written;

  private transient ValueState<ModelState> models;
  private transient MapState<Long, RunningScore> scores;
  private transient MapState<String, Long> remedied;

  /**
   * @param drop in mean IoU, above 0
   * @param frames of each version that are compared
   * @param written the states on the topic when the job was started; restored state wins
   */
  public WatchServedScores(double drop, int frames, List<ModelState> written) {
    this.drop = drop;
    this.frames = frames;
    this.written = List.copyOf(written);
  }

  @Override
  public void open(OpenContext context) {
    models =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("model", new AvroTypeInfo<>(ModelState.class)));
    scores =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "scores", Types.LONG, new AvroTypeInfo<>(RunningScore.class)));
    remedied =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("remedied", Types.STRING, Types.LONG));
  }

  /** Notes a score of a version that the state names and judges by it. */
  @Override
  public void processElement1(Metric metric, Context context, Collector<ModelSignal> out)
      throws Exception {
    ModelState state = state(context.getCurrentKey());
    Long version = metric.getVersion();
    if (state == null
        || version == null
        || !metric.getName().equals(ScoreServedMasks.FRAME)
        || !serves(state, version)) {
      return;
    }
    note(version, metric);
    for (Trial trial : Trial.of(state)) {
      judge(trial, state, context, out);
    }
  }

  /** Follows the published states; scores of versions that serve no more are forgotten. */
  @Override
  public void processElement2(ModelSignal signal, Context context, Collector<ModelSignal> out)
      throws Exception {
    ModelState known = state(context.getCurrentKey());
    if (!(signal.getSignal() instanceof ModelState state)
        || (known != null && known.getRevision() >= state.getRevision())) {
      return;
    }
    models.update(state);
    List<Long> scored = new ArrayList<>();
    scores.keys().forEach(scored::add);
    for (long version : scored) {
      if (!serves(state, version)) {
        scores.remove(version);
      }
    }
    List<Trial> trials = Trial.of(state);
    for (ControlAction remedy : List.of(ControlAction.ROLLBACK, ControlAction.CANARY)) {
      Long version = remedied.get(remedy.name());
      if (trials.stream()
          .noneMatch(t -> t.remedy() == remedy && Long.valueOf(t.version()).equals(version))) {
        remedied.remove(remedy.name());
      }
    }
  }

  private @Nullable ModelState state(String model) throws Exception {
    ModelState known = models.value();
    return known != null
        ? known
        : written.stream().filter(state -> state.getModel().equals(model)).findFirst().orElse(null);
  }

  private static boolean serves(ModelState state, long version) {
    return version == state.getLive()
        || Long.valueOf(version).equals(state.getPrevious())
        || (state.getCanary() != null && state.getCanary().getVersion() == version);
  }

  /** Keeps the newest matrices of a version. */
  private void note(long version, Metric metric) throws Exception {
    RunningScore known = scores.get(version);
    List<List<Long>> counts = new ArrayList<>(known == null ? List.of() : known.getCounts());
    counts.add(metric.getCounts());
    if (counts.size() > frames) {
      counts.remove(0);
    }
    scores.put(version, new RunningScore(metric.getTime().toEpochMilli(), counts));
  }

  private void judge(Trial trial, ModelState state, Context context, Collector<ModelSignal> out)
      throws Exception {
    RunningScore own = scores.get(trial.version());
    RunningScore asked = scores.get(trial.yardstick());
    if (remedied.contains(trial.remedy().name()) || !isFull(own) || !isFull(asked)) {
      return;
    }
    double shortfall = miou(asked) - miou(own);
    if (shortfall > drop) {
      remedied.put(trial.remedy().name(), trial.version());
      long now = context.timerService().currentProcessingTime();
      out.collect(command(trial, state, shortfall, now));
    }
  }

  private boolean isFull(@Nullable RunningScore score) {
    return score != null && score.getCounts().size() >= frames;
  }

  private static double miou(RunningScore score) {
    int classes = (int) Math.round(Math.sqrt(score.getCounts().get(0).size()));
    ConfusionMatrix sum = new ConfusionMatrix(classes);
    for (List<Long> counts : score.getCounts()) {
      sum.merge(ConfusionMatrix.of(classes, counts.stream().mapToLong(Long::longValue).toArray()));
    }
    return sum.meanIou();
  }

  /** Names no target: a rollback goes to what is previous when it is carried out. */
  private ModelSignal command(Trial trial, ModelState state, double shortfall, long now) {
    String model = state.getModel();
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId("watch-%s-%d-r%d".formatted(model, trial.version(), state.getRevision()))
            .setAction(trial.remedy())
            .setModel(model)
            .setArguments(Map.of(StateEdits.FROM, Long.toString(trial.version())))
            .setRequestedBy(
                "the watch on served masks: mean IoU %.3f below version %d on %d frames each"
                    .formatted(shortfall, trial.yardstick(), frames))
            .setRequestedAt(Instant.ofEpochMilli(now))
            .build();
    ConsumedRecord record =
        ConsumedRecord.newBuilder()
            .setTopic("watch-served-scores")
            .setPartition(0)
            .setOffset(NO_OFFSET)
            .setTimestamp(now)
            .setValue(ByteBuffer.wrap(AvroCodec.encode(command)))
            .build();
    return new ModelSignal(model, new ReceivedCommand(command, record));
  }
}

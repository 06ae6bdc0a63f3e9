package io.segue.operators.control;

import io.segue.model.metric.ConfusionMatrix;
import io.segue.operators.evaluate.ScoreServedMasks;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.Metric;
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
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Watches the scores of served masks and commands a rollback, once for each version, when a version
 * falls short of the one that served before it; the key is the model. Both are judged on their
 * newest labelled frames, which are not the same ones: where the world drifts, the drop that is
 * allowed must leave room for that.
 */
public final class WatchServedScores extends KeyedProcessFunction<String, Metric, ModelSignal> {
  private static final long serialVersionUID = 1L;
  private static final long NO_OFFSET = -1;

  private final double drop;
  private final int frames;

  private transient MapState<Long, RunningScore> scores;
  private transient ValueState<Long> newest;
  private transient ValueState<Long> before;
  private transient ValueState<Long> judged;

  /**
   * @param drop in mean IoU, above 0
   * @param frames of each version that are compared
   */
  public WatchServedScores(double drop, int frames) {
    this.drop = drop;
    this.frames = frames;
  }

  @Override
  public void open(OpenContext context) {
    scores =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "scores", Types.LONG, new AvroTypeInfo<>(RunningScore.class)));
    newest = getRuntimeContext().getState(new ValueStateDescriptor<>("newest", Types.LONG));
    before = getRuntimeContext().getState(new ValueStateDescriptor<>("before", Types.LONG));
    judged = getRuntimeContext().getState(new ValueStateDescriptor<>("judged", Types.LONG));
  }

  @Override
  public void processElement(Metric metric, Context context, Collector<ModelSignal> out)
      throws Exception {
    Long version = metric.getVersion();
    if (!metric.getName().equals(ScoreServedMasks.FRAME) || version == null || isOlder(version)) {
      return;
    }
    note(version, metric);
    Long last = newest.value();
    Long earlier = before.value();
    if (last == null || earlier == null || last.equals(judged.value())) {
      return;
    }
    RunningScore ofLast = scores.get(last);
    RunningScore ofEarlier = scores.get(earlier);
    if (ofLast.getCounts().size() < frames || ofEarlier.getCounts().size() < frames) {
      return;
    }
    double shortfall = miou(ofEarlier) - miou(ofLast);
    if (shortfall > drop) {
      judged.update(last);
      long now = context.timerService().currentProcessingTime();
      out.collect(rollback(context.getCurrentKey(), last, earlier, shortfall, now));
    }
  }

  /** Whether a version is older than the two that are compared: its labels came late. */
  private boolean isOlder(long version) throws Exception {
    Long last = newest.value();
    return last != null && version < last && !scores.contains(version);
  }

  /** Keeps the newest matrices of a version; one that was never seen is the newest version. */
  private void note(long version, Metric metric) throws Exception {
    RunningScore known = scores.get(version);
    if (known == null) {
      Long replaced = newest.value();
      Long forgotten = before.value();
      if (forgotten != null) {
        scores.remove(forgotten);
      }
      before.update(replaced);
      newest.update(version);
    }
    List<List<Long>> counts = new ArrayList<>(known == null ? List.of() : known.getCounts());
    counts.add(metric.getCounts());
    if (counts.size() > frames) {
      counts.remove(0);
    }
    scores.put(version, new RunningScore(metric.getTime().toEpochMilli(), counts));
  }

  private static double miou(RunningScore score) {
    int classes = (int) Math.round(Math.sqrt(score.getCounts().get(0).size()));
    ConfusionMatrix sum = new ConfusionMatrix(classes);
    for (List<Long> counts : score.getCounts()) {
      sum.merge(ConfusionMatrix.of(classes, counts.stream().mapToLong(Long::longValue).toArray()));
    }
    return sum.meanIou();
  }

  private ModelSignal rollback(String model, long version, long to, double shortfall, long now) {
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId("watch-" + model + "-" + version)
            .setAction(ControlAction.ROLLBACK)
            .setModel(model)
            .setVersion(to)
            .setArguments(Map.of(ModelLife.FROM, Long.toString(version)))
            .setRequestedBy(
                "the watch on served masks: mean IoU %.3f below version %d on %d frames each"
                    .formatted(shortfall, to, frames))
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

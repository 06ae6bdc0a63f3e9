package io.segue.operators.evaluate;

import io.segue.connectors.image.DecodedMask;
import io.segue.connectors.image.ImageException;
import io.segue.connectors.image.MaskCodec;
import io.segue.model.metric.ConfusionMatrix;
import io.segue.operators.admit.FrameLimits;
import io.segue.operators.join.LabelRules;
import io.segue.operators.record.FrameIds;
import io.segue.operators.record.PayloadReader;
import io.segue.operators.replay.HoldoutSplit;
import io.segue.operators.replay.OfferFrames;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.flow.LabelledFrame;
import io.segue.schemas.flow.RunningScore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores each served mask against its label, and each version over the newest labelled frames of
 * the stream; the key is the stream. A mask is older than its label, so no version has learned from
 * what it is scored on (prequential evaluation, Dawid, 1984).
 *
 * <p>Emits for each frame {@value #FRAME} with its confusion matrix and {@value #RUNNING} with the
 * sum of the newest ones, both with stream, model, version and the part of the frame.
 */
public final class ScoreServedMasks extends KeyedProcessFunction<String, LabelledFrame, Metric> {
  /** Mean IoU (present classes) of one served mask. */
  public static final String FRAME = "served/miou";

  /** Mean IoU of one version over the newest labelled frames of one stream. */
  public static final String RUNNING = "served/miou-running";

  private static final int VERSIONS_HELD = 4;
  private static final Logger LOG = LoggerFactory.getLogger(ScoreServedMasks.class);

  private final LabelRules rules;
  private final HoldoutSplit split;
  private final PayloadReader payloads;
  private final FrameLimits limits;
  private final int window;
  private final Duration idle;

  private transient MapState<String, RunningScore> running;
  private transient Counter unscorable;

  /**
   * Scores by these rules.
   *
   * @param limits of the frames that are let in, and so of their masks and labels
   * @param window frames in the running figure
   * @param idle time after which the running figure of a silent stream is forgotten
   */
  public ScoreServedMasks(
      LabelRules rules,
      HoldoutSplit split,
      PayloadReader payloads,
      FrameLimits limits,
      int window,
      Duration idle) {
    this.rules = rules;
    this.split = split;
    this.payloads = payloads;
    this.limits = limits;
    this.window = window;
    this.idle = idle;
  }

  @Override
  public void open(OpenContext context) {
    MapStateDescriptor<String, RunningScore> descriptor =
        new MapStateDescriptor<>(
            "running-scores", Types.STRING, new AvroTypeInfo<>(RunningScore.class));
    descriptor.enableTimeToLive(StateTtlConfig.newBuilder(idle).build());
    running = getRuntimeContext().getMapState(descriptor);
    unscorable = getRuntimeContext().getMetricGroup().counter("unscorableMasks");
  }

  @Override
  public void processElement(LabelledFrame frame, Context context, Collector<Metric> out)
      throws Exception {
    Mask mask = frame.getMask();
    if (mask == null) {
      return;
    }
    ConfusionMatrix matrix;
    try {
      matrix = score(frame, mask);
    } catch (IOException | IllegalArgumentException | ImageException e) {
      LOG.warn("mask of frame {} cannot be scored", FrameIds.text(frame.getId()), e);
      unscorable.inc();
      return;
    }
    long now = context.timerService().currentProcessingTime();
    List<List<Long>> newest = remember(mask, matrix, now);
    ConfusionMatrix sum = new ConfusionMatrix(rules.classes());
    for (List<Long> counts : newest) {
      sum.merge(ConfusionMatrix.of(rules.classes(), unboxed(counts)));
    }
    Map<String, String> attributes = new HashMap<>();
    attributes.put("part", OfferFrames.part(split, frame).id());
    attributes.put("plan", mask.getPlan());
    out.collect(metric(FRAME, mask, matrix, attributes, now));
    Map<String, String> runningAttributes = new HashMap<>(attributes);
    runningAttributes.put("frames", Integer.toString(newest.size()));
    out.collect(metric(RUNNING, mask, sum, runningAttributes, now));
  }

  private ConfusionMatrix score(LabelledFrame frame, Mask mask) throws IOException {
    if (!mask.getTaxonomy().equals(frame.getTaxonomy())) {
      throw new IllegalArgumentException(
          "mask in taxonomy %s, label in %s".formatted(mask.getTaxonomy(), frame.getTaxonomy()));
    }
    DecodedMask truth = MaskCodec.decode(frame.getLabel(), limits.image());
    DecodedMask served =
        MaskCodec.decode(payloads.payload(mask.getPayload(), mask.getPayloadRef()), limits.image());
    ConfusionMatrix matrix = new ConfusionMatrix(rules.classes());
    matrix.add(
        ByteBuffer.wrap(truth.indices()), ByteBuffer.wrap(served.indices()), rules.ignoreValue());
    return matrix;
  }

  private List<List<Long>> remember(Mask mask, ConfusionMatrix matrix, long now) throws Exception {
    String version = mask.getModel() + "/" + mask.getVersion();
    RunningScore known = running.get(version);
    List<List<Long>> newest = new ArrayList<>(known == null ? List.of() : known.getCounts());
    newest.add(boxed(matrix.counts()));
    if (newest.size() > window) {
      newest.remove(0);
    }
    running.put(version, new RunningScore(now, newest));
    forgetOldest();
    return newest;
  }

  private void forgetOldest() throws Exception {
    int held = 0;
    String oldest = "";
    long oldestTime = Long.MAX_VALUE;
    for (Map.Entry<String, RunningScore> entry : running.entries()) {
      held++;
      if (entry.getValue().getUpdatedAt() < oldestTime) {
        oldestTime = entry.getValue().getUpdatedAt();
        oldest = entry.getKey();
      }
    }
    if (held > VERSIONS_HELD) {
      running.remove(oldest);
    }
  }

  private static Metric metric(
      String name, Mask mask, ConfusionMatrix matrix, Map<String, String> attributes, long now) {
    return Metric.newBuilder()
        .setName(name)
        .setTime(Instant.ofEpochMilli(now))
        .setValue(matrix.meanIou())
        .setStreamId(mask.getId().getStreamId())
        .setModel(mask.getModel())
        .setVersion(mask.getVersion())
        .setId(name.equals(FRAME) ? mask.getId() : null)
        .setCounts(boxed(matrix.counts()))
        .setAttributes(attributes)
        .build();
  }

  private static List<Long> boxed(long[] counts) {
    List<Long> list = new ArrayList<>(counts.length);
    for (long count : counts) {
      list.add(count);
    }
    return list;
  }

  private static long[] unboxed(List<Long> counts) {
    return counts.stream().mapToLong(Long::longValue).toArray();
  }
}

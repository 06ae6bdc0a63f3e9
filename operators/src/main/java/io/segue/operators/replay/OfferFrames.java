package io.segue.operators.replay;

import io.segue.model.data.SegmentationExample;
import io.segue.operators.record.FrameIds;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.flow.LabelledFrame;
import io.segue.schemas.flow.ReplayOffer;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;

/**
 * Offers each labelled frame to its shard of the replay buffer or the holdout; frames in a guard
 * gap to neither. A frame that names its own part ({@link Part#ATTRIBUTE}) gets it.
 *
 * <p>Recency counts from the capture time, but from no later than the time of the frame's record,
 * so that a camera with a clock in 2099 does not own the buffer.
 */
public final class OfferFrames extends RichFlatMapFunction<LabelledFrame, ReplayOffer> {
  private final HoldoutSplit split;
  private final ReplayOptions options;

  private transient Counter guarded;

  /** Splits and ranks with these options. */
  public OfferFrames(HoldoutSplit split, ReplayOptions options) {
    this.split = split;
    this.options = options;
  }

  @Override
  public void open(OpenContext context) {
    guarded = getRuntimeContext().getMetricGroup().counter("guardedFrames");
  }

  @Override
  public void flatMap(LabelledFrame frame, Collector<ReplayOffer> out) {
    Part part = part(split, frame);
    if (part == Part.GUARD) {
      guarded.inc();
      return;
    }
    String identity = FrameIds.text(frame.getId());
    Sampling sampling = options.sampling(part.id());
    long time = Math.min(frame.getCaptureTime(), frame.getTimestamp());
    double weight = 1;
    out.collect(
        ReplayOffer.newBuilder()
            .setPart(part.id())
            .setShard(sampling.shard(identity))
            .setId(frame.getId())
            .setRank(sampling.rank(identity, weight, time))
            .setWeight(weight)
            .setCaptureTime(frame.getCaptureTime())
            .setRevision(frame.getRevision())
            .setAnnotator(frame.getAnnotator())
            .setExample(ByteBuffer.wrap(example(frame, identity).toTfExample()))
            .build());
  }

  /** Part of a labelled frame: the one it asks for, else the one it falls in. */
  public static Part part(HoldoutSplit split, LabelledFrame frame) {
    String asked = frame.getPart() == null ? "" : frame.getPart();
    return Part.parse(asked)
        .orElseGet(() -> split.part(frame.getId().getStreamId(), frame.getCaptureTime()));
  }

  private static SegmentationExample example(LabelledFrame frame, String identity) {
    FrameId id = frame.getId();
    return new SegmentationExample(
        identity,
        bytes(frame.getImage()),
        bytes(frame.getLabel()),
        frame.getHeight(),
        frame.getWidth(),
        Map.of(
            "segue/stream_id", id.getStreamId(),
            "segue/annotator", frame.getAnnotator(),
            "segue/taxonomy", frame.getTaxonomy().getId()),
        Map.of(
            "segue/epoch", id.getEpoch(),
            "segue/sequence", id.getSequence(),
            "segue/capture_time", frame.getCaptureTime(),
            "segue/revision", (long) frame.getRevision(),
            "segue/taxonomy_version", (long) frame.getTaxonomy().getVersion()));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}

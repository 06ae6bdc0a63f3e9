package io.segue.operators.resequence;

import io.segue.connectors.image.DecodedMask;
import io.segue.connectors.image.MaskCodec;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.flow.ReleaseStatus;
import io.segue.schemas.flow.SmoothingStatus;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Smooths the masks of a stream over time by hysteresis: a pixel takes on another class once the
 * model has seen that class there in so many frames in a row. Over any stretch of frames no pixel
 * changes more often than in the model's own masks, for each of its changes needs one of theirs
 * since the change before. What moves comes late by that number of frames less one.
 *
 * <p>Begins anew, with the model's mask as it is, where the frame does not directly follow the last
 * one of its run or has another size, and where the model or its version has changed: a smoothed
 * mask never mixes versions. A function of the stream's outcomes alone: after a restore the same
 * masks come out.
 */
final class Smoothing {
  private final RecentMasks recent;

  Smoothing(RecentMasks recent) {
    this.recent = recent;
  }

  /**
   * The mask that is to be written.
   *
   * @param frames in a row that have to agree; 0 where the stream is not smoothed
   * @param mask of the model
   * @param status of the stream before the mask; its smoothing is moved on
   */
  Mask smoothed(int frames, Mask mask, ReleaseStatus status) {
    if (frames == 0) {
      status.setSmoothing(null);
      return mask;
    }
    DecodedMask now = recent.of(mask.getPayload());
    Mask.Builder made = Mask.newBuilder(mask).setSmoothedOver(frames);
    byte[] runs = new byte[now.indices().length];
    SmoothingStatus before = status.getSmoothing();
    if (before != null) {
      DecodedMask raw = recent.of(before.getRaw());
      Flicker.changedShare(raw, now).ifPresent(made::setRawChangedShare);
      if (follows(mask, status, before) && sameSize(raw, now)) {
        byte[] shown = recent.of(status.getLastMask()).indices().clone();
        System.arraycopy(recent.of(before.getRuns()).indices(), 0, runs, 0, runs.length);
        advance(shown, runs, raw.indices(), now.indices(), frames);
        if (!Arrays.equals(shown, now.indices())) {
          made.setPayload(encoded(mask.getPayload(), now, shown));
        }
      }
    }
    status.setSmoothing(
        SmoothingStatus.newBuilder()
            .setEpoch(mask.getId().getEpoch())
            .setSequence(mask.getId().getSequence())
            .setRaw(mask.getPayload())
            .setRuns(runs(now, runs))
            .build());
    return made.build();
  }

  private static boolean follows(Mask mask, ReleaseStatus status, SmoothingStatus before) {
    return mask.getModel().equals(status.getModel())
        && mask.getVersion() == status.getVersion()
        && mask.getId().getEpoch() == before.getEpoch()
        && mask.getId().getSequence() == before.getSequence() + 1;
  }

  private static boolean sameSize(DecodedMask a, DecodedMask b) {
    return a.width() == b.width() && a.height() == b.height();
  }

  /**
   * One frame further.
   *
   * @param shown classes that were written last; become those to write
   * @param runs for how many frames the model has seen another class than the one shown
   * @param raw classes that the model saw last
   * @param now classes that it sees now
   */
  private static void advance(byte[] shown, byte[] runs, byte[] raw, byte[] now, int frames) {
    for (int i = 0; i < now.length; i++) {
      if (now[i] == shown[i]) {
        runs[i] = 0;
        continue;
      }
      int run = now[i] == raw[i] ? runs[i] + 1 : 1;
      if (run < frames) {
        runs[i] = (byte) run;
      } else {
        shown[i] = now[i];
        runs[i] = 0;
      }
    }
  }

  private ByteBuffer encoded(ByteBuffer like, DecodedMask size, byte[] indices) {
    ByteBuffer png = ByteBuffer.wrap(MaskCodec.encodeLike(like, ByteBuffer.wrap(indices)));
    recent.add(png, new DecodedMask(size.width(), size.height(), indices));
    return png;
  }

  private ByteBuffer runs(DecodedMask size, byte[] runs) {
    ByteBuffer png =
        ByteBuffer.wrap(MaskCodec.encodeGrey(ByteBuffer.wrap(runs), size.width(), size.height()));
    recent.add(png, new DecodedMask(size.width(), size.height(), runs));
    return png;
  }
}

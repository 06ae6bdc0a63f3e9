package io.segue.operators.resequence;

import io.segue.operators.record.FrameIds;
import io.segue.operators.record.StableHash;
import io.segue.schemas.avro.Mask;
import java.io.Serializable;
import java.util.Optional;

/**
 * Which frames a label is asked for. A function of the frames and their masks alone: a job that
 * fails and goes on asks for the same ones.
 *
 * @param share of all frames, 0 to 1, chosen by a hash of the identity
 * @param lowMargin margin below which the network is taken to be unsure, 0 to 1; 0 asks for none
 * @param lowMarginEvery places between two requests of one stream for that reason, 1 or more
 */
public record LabelRequestPolicy(double share, double lowMargin, long lowMarginEvery)
    implements Serializable {
  /** Asks for no label. */
  public static final LabelRequestPolicy NONE = new LabelRequestPolicy(0, 0, 1);

  static final String SAMPLE = "SAMPLE";
  static final String LOW_MARGIN = "LOW_MARGIN";
  private static final long SEED = 1;

  /** A reason and what the label is worth. */
  record Choice(String reason, double score) {}

  public LabelRequestPolicy {
    if (!(share >= 0 && share <= 1) || !(lowMargin >= 0 && lowMargin <= 1) || lowMarginEvery < 1) {
      throw new IllegalArgumentException(
          "segment.label_requests: share %s and low_margin %s must be 0 to 1, low_margin_every %d at least 1"
              .formatted(share, lowMargin, lowMarginEvery));
    }
  }

  /**
   * @param lastLowMargin place of the stream's last choice for a low margin; -1 before the first
   */
  Optional<Choice> choose(Mask mask, long lastLowMargin) {
    double margin = mask.getMargin() == null ? 1 : mask.getMargin();
    boolean rested = lastLowMargin < 0 || mask.getOrdinal() - lastLowMargin >= lowMarginEvery;
    if (margin < lowMargin && rested) {
      return Optional.of(new Choice(LOW_MARGIN, 1 - margin));
    }
    return StableHash.uniform(SEED, FrameIds.text(mask.getId())) < share
        ? Optional.of(new Choice(SAMPLE, 1 - margin))
        : Optional.empty();
  }
}

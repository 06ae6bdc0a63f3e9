package io.segue.model.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the segmentation head does with backbone and decoder features before it predicts. */
public enum FeatureFusion {
  /** Decoder features resized to the low level's size and concatenated with its projection. */
  @JsonProperty("deeplabv3plus")
  DEEPLABV3PLUS,
  /** As {@link #DEEPLABV3PLUS}, summed: both sides need the same number of channels. */
  @JsonProperty("deeplabv3plus_sum_to_merge")
  DEEPLABV3PLUS_SUM_TO_MERGE,
  /** All decoder levels resized to one level and summed; costs no weights. */
  @JsonProperty("pyramid_fusion")
  PYRAMID_FUSION,
  /** Each decoder level through its own convolutions with group norm up to one level, summed. */
  @JsonProperty("panoptic_fpn_fusion")
  PANOPTIC_FPN_FUSION
}

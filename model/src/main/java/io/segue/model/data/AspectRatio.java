package io.segue.model.data;

/** What becomes of images whose shape differs from the network's input. */
public enum AspectRatio {
  /** Kept: the image is scaled to fit and padded; the reference's {@code preserve_aspect_ratio}. */
  PRESERVED,
  /**
   * Stretched to the input size first, then treated as such: the reference's way without {@code
   * preserve_aspect_ratio}. Costs a second resampling and, when enlarged, detail.
   */
  STRETCHED_FIRST,
  /** Stretched in the same resampling that scales: what a serving graph shows the network. */
  STRETCHED
}

package io.segue.model.serve;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Segments frames that are larger than the network's input without shrinking them: windows of the
 * input's size, overlapping, whose probabilities are averaged with equal weight where they meet.
 *
 * <p>The windows of an axis lie {@code size · (1 − overlap)} pixels apart (rounded down, 1 at
 * least); the last one ends with the frame. An axis that is not longer than the window has one
 * window, as long as the frame.
 */
public final class SlidingWindow {
  private final ServingModel model;
  private final Plan plan;
  private final double overlap;

  /**
   * Windows over frames for a model.
   *
   * @param model gives {@link ServingModel#pixelScores}; not closed by this
   * @param plan how each window is inferred
   * @param overlap share of a window that the next one covers again, 0 to below 1
   */
  public SlidingWindow(ServingModel model, Plan plan, double overlap) {
    this.model = model;
    this.plan = plan;
    this.overlap = overlap;
    if (!(overlap >= 0 && overlap < 1)) {
      throw new IllegalArgumentException(
          "overlap %s of sliding windows; it must be 0 or more, below 1".formatted(overlap));
    }
  }

  /** Where windows of {@code size} pixels begin on an axis of {@code length} pixels. */
  static List<Integer> starts(int length, int size, double overlap) {
    List<Integer> starts = new ArrayList<>();
    int step = Math.max(1, (int) (size * (1 - overlap)));
    for (int start = 0; start + size < length; start += step) {
      starts.add(start);
    }
    starts.add(Math.max(0, length - size));
    return starts;
  }

  /**
   * Segments one frame.
   *
   * @param rgb a direct buffer with {@code [height, width, 3]} uint8 at its position
   * @return mask and mean margin of the averaged probabilities
   */
  public Segmentation segment(ByteBuffer rgb, int height, int width) {
    ModelSpec spec = model.spec();
    int windowHeight = Math.min(height, spec.inputHeight());
    int windowWidth = Math.min(width, spec.inputWidth());
    int classes = spec.taxonomy().size();
    float[] sums = new float[Math.multiplyExact(Math.multiplyExact(height, width), classes)];
    int[] counts = new int[height * width];
    ByteBuffer window = ByteBuffer.allocateDirect(windowHeight * windowWidth * 3);
    for (int top : starts(height, windowHeight, overlap)) {
      for (int left : starts(width, windowWidth, overlap)) {
        for (int y = 0; y < windowHeight; y++) {
          int from = rgb.position() + 3 * ((top + y) * width + left);
          window.put(3 * y * windowWidth, rgb, from, 3 * windowWidth);
        }
        FloatBuffer scores =
            model.pixelScores(window, 1, windowHeight, windowWidth, plan).probabilities(0);
        for (int y = 0; y < windowHeight; y++) {
          int row = (top + y) * width + left;
          for (int x = 0; x < windowWidth; x++) {
            counts[row + x]++;
            for (int c = 0; c < classes; c++) {
              sums[(row + x) * classes + c] += scores.get();
            }
          }
        }
      }
    }
    return decided(sums, counts, classes);
  }

  private static Segmentation decided(float[] sums, int[] counts, int classes) {
    byte[] mask = new byte[counts.length];
    double margins = 0;
    for (int pixel = 0; pixel < counts.length; pixel++) {
      int best = 0;
      float largest = sums[pixel * classes];
      float second = 0;
      for (int c = 1; c < classes; c++) {
        float sum = sums[pixel * classes + c];
        if (sum > largest) {
          second = largest;
          largest = sum;
          best = c;
        } else {
          second = Math.max(second, sum);
        }
      }
      mask[pixel] = (byte) best;
      margins += (largest - second) / counts[pixel];
    }
    return new MaskBatch(mask, new float[] {(float) (margins / counts.length)}, counts.length);
  }
}

package io.segue.model.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.golden.Filler;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;

class LogitsUpsamplingTest {
  private static final int CLASSES = 5;

  /** Sums of float32 interpolations: a few units in the last place of logits near 1. */
  private static final double NEAR_TIE = 1e-5;

  @Test
  void decidesAsTheUpsampledMeanOfAllBranchesDoes() {
    int height = 75;
    int width = 41;
    LogitsUpsampling.Branch coarse = branch("coarse", 6, 5);
    LogitsUpsampling.Branch fine = branch("fine", 90, 30);
    MaskBatch masks = new LogitsUpsampling(2, height, width, CLASSES).masks(List.of(coarse, fine));
    for (int frame = 0; frame < 2; frame++) {
      double[] sum = upsampled("coarse", 6, 5, frame, height, width);
      double[] other = upsampled("fine", 90, 30, frame, height, width);
      double margins = 0;
      int measured = 0;
      for (int pixel = 0; pixel < height * width; pixel++) {
        double first = Double.NEGATIVE_INFINITY;
        double second = Double.NEGATIVE_INFINITY;
        double total = 0;
        for (int c = 0; c < CLASSES; c++) {
          int i = pixel * CLASSES + c;
          sum[i] = (sum[i] + other[i]) / 2;
          second = Math.max(second, Math.min(first, sum[i]));
          first = Math.max(first, sum[i]);
          total += Math.exp(sum[i]);
        }
        if (first - second > NEAR_TIE) {
          assertThat(sum[pixel * CLASSES + masks.mask(frame).get(pixel)]).isEqualTo(first);
        }
        if (pixel / width % 8 == 0 && pixel % width % 8 == 0) {
          margins += (Math.exp(first) - Math.exp(second)) / total;
          measured++;
        }
      }
      assertThat((double) masks.margin(frame)).isCloseTo(margins / measured, Offset.offset(1e-5));
    }
  }

  @ParameterizedTest
  @CsvSource({"33, 70, 6, 5", "24, 20, 6, 5", "6, 5, 6, 5", "7, 9, 40, 31", "9, 70, 1, 5"})
  void aSingleBranchIsDecidedAsItsUpsampledLogitsAre(
      int height, int width, int mapHeight, int mapWidth) {
    MaskBatch masks =
        new LogitsUpsampling(2, height, width, CLASSES)
            .masks(List.of(branch("coarse", mapHeight, mapWidth)));
    for (int frame = 0; frame < 2; frame++) {
      double[] logits = upsampled("coarse", mapHeight, mapWidth, frame, height, width);
      for (int pixel = 0; pixel < height * width; pixel++) {
        double served = logits[pixel * CLASSES + masks.mask(frame).get(pixel)];
        for (int c = 0; c < CLASSES; c++) {
          assertThat(logits[pixel * CLASSES + c]).isLessThan(served + NEAR_TIE);
        }
      }
    }
  }

  @Test
  void entropiesAreThoseOfTheProbabilitiesOfEveryEighthPixel() {
    int height = 33;
    int width = 70;
    MaskBatch masks =
        new LogitsUpsampling(2, height, width, CLASSES).masks(List.of(branch("coarse", 6, 5)));
    for (int frame = 0; frame < 2; frame++) {
      double[] logits = upsampled("coarse", 6, 5, frame, height, width);
      double sum = 0;
      int measured = 0;
      for (int y = 0; y < height; y += 8) {
        for (int x = 0; x < width; x += 8, measured++) {
          int from = (y * width + x) * CLASSES;
          double total = 0;
          for (int c = from; c < from + CLASSES; c++) {
            total += Math.exp(logits[c]);
          }
          for (int c = from; c < from + CLASSES; c++) {
            double probability = Math.exp(logits[c]) / total;
            sum -= probability * Math.log(probability);
          }
        }
      }
      // Float32 logits and probabilities.
      assertThat((double) masks.entropy(frame)).isCloseTo(sum / measured, Offset.offset(1e-5));
    }
  }

  @Test
  void theSizeOfTheLogitsDecidesNothing() {
    LogitsUpsampling.Branch usual = branch("coarse", 6, 5);
    float[] small = usual.logits().clone();
    for (int i = 0; i < small.length; i++) {
      small[i] *= 0x1p-40f;
    }
    LogitsUpsampling upsampling = new LogitsUpsampling(2, 33, 70, CLASSES);
    MaskBatch masks = upsampling.masks(List.of(usual));
    MaskBatch same = upsampling.masks(List.of(new LogitsUpsampling.Branch(small, 6, 5)));

    assertThat(same.equalPixelShare(masks, 2)).isEqualTo(1);
  }

  @Test
  void branchesOfOneSizeAreAveraged() {
    int height = 33;
    int width = 70;
    LogitsUpsampling.Branch left = branch("left", 6, 5);
    LogitsUpsampling.Branch right = branch("right", 6, 5);
    MaskBatch masks = new LogitsUpsampling(2, height, width, CLASSES).masks(List.of(left, right));
    for (int frame = 0; frame < 2; frame++) {
      double[] sum = upsampled("left", 6, 5, frame, height, width);
      double[] other = upsampled("right", 6, 5, frame, height, width);
      for (int pixel = 0; pixel < height * width; pixel++) {
        int served = pixel * CLASSES + masks.mask(frame).get(pixel);
        for (int c = pixel * CLASSES; c < (pixel + 1) * CLASSES; c++) {
          assertThat(sum[c] + other[c]).isLessThan(sum[served] + other[served] + NEAR_TIE);
        }
      }
    }
  }

  @Test
  void logitsThatAreNoNumbersGiveNoMargin() {
    MaskBatch masks =
        new LogitsUpsampling(1, 4, 4, 2)
            .masks(
                List.of(
                    new LogitsUpsampling.Branch(
                        new float[] {Float.NaN, 1, 2, 3, Float.NaN, Float.NaN, 0, 1}, 2, 2)));
    assertThat(masks.margin(0)).isNaN();
  }

  @Test
  void aSingleClassIsSure() {
    MaskBatch masks =
        new LogitsUpsampling(1, 4, 4, 1)
            .masks(List.of(new LogitsUpsampling.Branch(new float[] {-3}, 1, 1)));
    assertThat(masks.margin(0)).isEqualTo(1f);
    assertThat(masks.mask(0).get(15)).isZero();
  }

  private static Shape shape(int height, int width) {
    return Shape.of(2, height, width, CLASSES);
  }

  private static LogitsUpsampling.Branch branch(String name, int height, int width) {
    return new LogitsUpsampling.Branch(
        Filler.input(name, shape(height, width), -2, 2), height, width);
  }

  private static double[] upsampled(
      String name, int fromHeight, int fromWidth, int frame, int height, int width) {
    float[] all = Filler.input(name, shape(fromHeight, fromWidth), -2, 2);
    int size = fromHeight * fromWidth * CLASSES;
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = all[frame * size + i];
    }
    return BilinearOracle.resize(values, fromHeight, fromWidth, CLASSES, height, width);
  }
}

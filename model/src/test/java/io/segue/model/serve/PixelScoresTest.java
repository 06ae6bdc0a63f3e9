package io.segue.model.serve;

import static io.segue.model.serve.ServingModelsTest.SPEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.Averaging;
import io.segue.model.config.Plan;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans, uncertainty and sliding windows against float64 arithmetic around the network. */
@ParameterizedClass
@EnumSource(EngineUnderTest.class)
class PixelScoresTest {
  private static final int HEIGHT = 48;
  private static final int WIDTH = 64;
  private static final int CLASSES = 3;

  /** The tolerance that three scales with flip are promised at. */
  private static final Offset<Double> TOLERANCE = Offset.offset(1e-5);

  @Parameter EngineUnderTest engine;

  private final Weights weights = ServingModelsTest.weights(SPEC);

  @Test
  void threeScalesWithFlipEqualTheNetworksOwnParts() {
    Plan plan = new Plan(List.of(0.75, 1.0, 1.25), true, Averaging.PROBABILITIES);
    ByteBuffer rgb = ServingModelsTest.frames(1, HEIGHT, WIDTH);
    List<double[]> branches = branches(plan, rgb);
    double[] mean = mean(branches);
    try (ServingModel model = engine.of(SPEC, weights);
        Segmentation masks = model.segment(rgb, 1, HEIGHT, WIDTH, plan)) {
      PixelScores scores = model.pixelScores(rgb, 1, HEIGHT, WIDTH, plan);
      for (int pixel = 0; pixel < HEIGHT * WIDTH; pixel++) {
        double entropy = 0;
        double variance = 0;
        double first = 0;
        double second = 0;
        for (int c = 0; c < CLASSES; c++) {
          double expected = mean[pixel * CLASSES + c];
          assertThat((double) scores.probabilities(0).get(pixel * CLASSES + c))
              .isCloseTo(expected, TOLERANCE);
          entropy -= expected * Math.log(expected);
          second = Math.max(second, Math.min(first, expected));
          first = Math.max(first, expected);
          for (double[] branch : branches) {
            double gap = branch[pixel * CLASSES + c] - expected;
            variance += gap * gap / branches.size() / CLASSES;
          }
        }
        assertThat((double) scores.entropy(0).get(pixel)).isCloseTo(entropy, TOLERANCE);
        assertThat((double) scores.margins(0).get(pixel)).isCloseTo(first - second, TOLERANCE);
        assertThat((double) scores.variance(0).get(pixel)).isCloseTo(variance, TOLERANCE);
        if (first - second > 1e-4) {
          assertThat(mean[pixel * CLASSES + masks.mask(0).get(pixel)]).isEqualTo(first);
        }
      }
    }
  }

  /** The masks' own figures are means over every eighth pixel of every eighth row. */
  @ParameterizedTest
  @ValueSource(strings = {"s1", "s0.75+1+flip-PROBABILITIES", "s0.75+1+1.25+flip-LOGITS"})
  void masksSayHowSureTheModelIsOnTheWhole(String planId) {
    Plan plan = Plan.parse(planId);
    ByteBuffer rgb = ServingModelsTest.frames(2, HEIGHT, WIDTH);
    try (ServingModel model = engine.of(SPEC, weights);
        Segmentation masks = model.segment(rgb, 2, HEIGHT, WIDTH, plan)) {
      PixelScores scores = model.pixelScores(rgb, 2, HEIGHT, WIDTH, plan);
      for (int frame = 0; frame < 2; frame++) {
        assertThat((double) masks.margin(frame))
            .isCloseTo(sampledMean(scores.margins(frame)), TOLERANCE);
        assertThat((double) masks.entropy(frame))
            .isCloseTo(sampledMean(scores.entropy(frame)), TOLERANCE);
        if (plan.branches() == 1) {
          assertThat(masks.variance(frame)).isNaN();
        } else {
          assertThat((double) masks.variance(frame))
              .isCloseTo(sampledMean(scores.variance(frame)), TOLERANCE);
        }
      }
    }
  }

  private static double sampledMean(FloatBuffer pixels) {
    double sum = 0;
    int count = 0;
    for (int y = 0; y < HEIGHT; y += SampledScores.STEP) {
      for (int x = 0; x < WIDTH; x += SampledScores.STEP) {
        sum += pixels.get(y * WIDTH + x);
        count++;
      }
    }
    return sum / count;
  }

  @Test
  void aSingleBranchHasNoVariance() {
    ByteBuffer rgb = ServingModelsTest.frames(2, HEIGHT, WIDTH);
    try (ServingModel model = engine.of(SPEC, weights)) {
      PixelScores scores = model.pixelScores(rgb, 2, HEIGHT, WIDTH, Plan.SINGLE);
      for (int pixel = 0; pixel < HEIGHT * WIDTH; pixel++) {
        assertThat(scores.variance(1).get(pixel)).isZero();
      }
      assertThatThrownBy(() -> scores.entropy(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void windowsOverALargeFrameAreAveragedWhereTheyMeet() {
    int height = 60;
    int width = 150;
    ByteBuffer rgb = ServingModelsTest.frames(1, height, width);
    double[] pixels = NetworkOracle.pixels(rgb, height, width);
    double[] sums = new double[height * width * CLASSES];
    int[] counts = new int[height * width];
    try (NetworkOracle network = new NetworkOracle(SPEC, weights)) {
      for (int top : new int[] {0, 12}) {
        for (int left : new int[] {0, 48, 86}) {
          double[] window = new double[3 * HEIGHT * WIDTH];
          for (int y = 0; y < HEIGHT; y++) {
            System.arraycopy(
                pixels, 3 * ((top + y) * width + left), window, 3 * y * WIDTH, 3 * WIDTH);
          }
          double[] scores = network.probabilities(window, HEIGHT, WIDTH, 1, false);
          for (int i = 0; i < scores.length; i++) {
            int pixel = (top + i / CLASSES / WIDTH) * width + left + i / CLASSES % WIDTH;
            sums[pixel * CLASSES + i % CLASSES] += scores[i];
            counts[pixel] += i % CLASSES == 0 ? 1 : 0;
          }
        }
      }
    }
    try (ServingModel model = engine.of(SPEC, weights);
        Segmentation masks =
            new SlidingWindow(model, Plan.SINGLE, 0.25).segment(rgb, height, width)) {
      double margins = 0;
      for (int pixel = 0; pixel < height * width; pixel++) {
        double first = 0;
        double second = 0;
        for (int c = 0; c < CLASSES; c++) {
          double probability = sums[pixel * CLASSES + c] / counts[pixel];
          second = Math.max(second, Math.min(first, probability));
          first = Math.max(first, probability);
        }
        margins += (first - second) / (height * width);
        if (first - second > 1e-4) {
          int served = masks.mask(0).get(pixel);
          assertThat(sums[pixel * CLASSES + served] / counts[pixel]).isEqualTo(first);
        }
      }
      assertThat((double) masks.margin(0)).isCloseTo(margins, TOLERANCE);
    }
  }

  @Test
  void windowsReachTheEndOfTheFrame() {
    assertThat(SlidingWindow.starts(100, 40, 0.5)).containsExactly(0, 20, 40, 60);
    assertThat(SlidingWindow.starts(101, 40, 0.5)).containsExactly(0, 20, 40, 60, 61);
    assertThat(SlidingWindow.starts(40, 40, 0.5)).containsExactly(0);
    assertThat(SlidingWindow.starts(30, 30, 0)).containsExactly(0);
    assertThatThrownBy(() -> new SlidingWindow(ServingModels.of(SPEC, weights), Plan.SINGLE, 1))
        .hasMessageContaining("overlap 1.0");
  }

  private List<double[]> branches(Plan plan, ByteBuffer rgb) {
    double[] pixels = NetworkOracle.pixels(rgb, HEIGHT, WIDTH);
    List<double[]> branches = new ArrayList<>();
    try (NetworkOracle network = new NetworkOracle(SPEC, weights)) {
      for (double scale : plan.scales()) {
        branches.add(network.probabilities(pixels, HEIGHT, WIDTH, scale, false));
        branches.add(network.probabilities(pixels, HEIGHT, WIDTH, scale, true));
      }
    }
    return branches;
  }

  private static double[] mean(List<double[]> branches) {
    double[] mean = new double[branches.get(0).length];
    for (double[] branch : branches) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += branch[i] / branches.size();
      }
    }
    return mean;
  }
}

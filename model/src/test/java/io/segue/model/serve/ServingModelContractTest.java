package io.segue.model.serve;

import static io.segue.model.serve.ServingModelsTest.SPEC;
import static io.segue.model.serve.ServingModelsTest.frames;
import static io.segue.model.serve.ServingModelsTest.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.Averaging;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;

/** What {@link ServingModel} promises, of every engine. */
@ParameterizedClass
@EnumSource(EngineUnderTest.class)
class ServingModelContractTest {
  @Parameter EngineUnderTest engine;

  private ServingModel model() {
    return engine.of(SPEC, weights(SPEC));
  }

  @Test
  void aFrameOfAnySizeGetsAMaskOfItsOwnSize() {
    try (ServingModel model = model()) {
      Plan plan = new Plan(List.of(0.5, 1.0), true, Averaging.PROBABILITIES);
      for (Plan each : List.of(Plan.SINGLE, plan)) {
        for (int width : new int[] {40, 64, 97}) {
          ByteBuffer rgb = frames(2, 50, width);
          try (Segmentation segmentation = model.segment(rgb, 2, 50, width, each)) {
            assertThat(segmentation.mask(1).remaining()).isEqualTo(50 * width);
            assertThat(segmentation.margin(1)).isBetween(0f, 1f);
            ByteBuffer mask = segmentation.mask(0);
            while (mask.hasRemaining()) {
              assertThat(mask.get()).isBetween((byte) 0, (byte) 2);
            }
          }
          assertThat(rgb.remaining()).isEqualTo(2 * 50 * width * 3);
        }
      }
    }
  }

  @Test
  void batchMatesDoNotChangeAMask() {
    try (ServingModel model = model()) {
      ByteBuffer rgb = frames(3, 48, 64);
      try (Segmentation all = model.segment(rgb, 3, 48, 64, Plan.SINGLE);
          Segmentation last =
              model.segment(rgb.duplicate().position(2 * 48 * 64 * 3), 1, 48, 64, Plan.SINGLE)) {
        assertThat(all.mask(2)).isEqualTo(last.mask(0));
        assertThat(all.margin(2)).isCloseTo(last.margin(0), Offset.offset(1e-5f));
      }
    }
  }

  @Test
  void warmingGivesTheMasksOfServing() {
    try (ServingModel model = model()) {
      ByteBuffer rgb = frames(2, 48, 64);
      try (Segmentation warmed = model.warm(rgb, 2, 48, 64, Plan.SINGLE);
          Segmentation served = model.segment(rgb, 2, 48, 64, Plan.SINGLE)) {
        assertThat(warmed.equalPixelShare(served, 2)).isEqualTo(1);
      }
    }
  }

  @Test
  void notANumberShowsInTheMargin() {
    Map<String, Weights.Tensor> broken = new LinkedHashMap<>(weights(SPEC).tensors());
    broken.put(
        "head/_classifier/bias",
        new Weights.Tensor(Shape.of(3), new float[] {Float.NaN, Float.NaN, Float.NaN}));
    Plan plan = new Plan(List.of(1.0), true, Averaging.PROBABILITIES);
    try (ServingModel model = engine.of(SPEC, Weights.of(broken))) {
      for (Plan each : List.of(Plan.SINGLE, plan)) {
        try (Segmentation segmentation = model.segment(frames(1, 48, 64), 1, 48, 64, each)) {
          assertThat(segmentation.margin(0)).as("plan %s", each.id()).isNaN();
        }
      }
    }
  }

  @Test
  void aScaleBelowTheNetworksStrideIsRefused() {
    try (ServingModel model = model()) {
      Plan tiny = new Plan(List.of(0.25), false, Averaging.LOGITS);
      assertThatThrownBy(() -> model.segment(frames(1, 48, 64), 1, 48, 64, tiny))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("0.25");
      assertThatThrownBy(
              () -> model.segment(ByteBuffer.allocate(48 * 64 * 3), 1, 48, 64, Plan.SINGLE))
          .hasMessageContaining("heap");
    }
  }

  @Test
  void aClosedModelRefusesFrames() {
    ServingModel model = model();
    model.segment(frames(1, 48, 64), 1, 48, 64, Plan.SINGLE).close();
    model.close();
    model.close();
    assertThatThrownBy(() -> model.segment(frames(1, 48, 64), 1, 48, 64, Plan.SINGLE))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> model.pixelScores(frames(1, 48, 64), 1, 48, 64, Plan.SINGLE))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void callsThatOverlapGetTheirOwnMasksAndAreWaitedForByClose() throws Exception {
    ByteBuffer rgb = frames(4, 48, 64);
    List<ByteBuffer> expected = new ArrayList<>();
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try (ServingModel model = model()) {
      for (int i = 0; i < 4; i++) {
        expected.add(mask(model, rgb, i));
      }
      List<Future<ByteBuffer>> calls =
          IntStream.range(0, 40)
              .mapToObj(i -> callers.submit(() -> mask(model, rgb, i % 4)))
              .toList();
      for (int i = 0; i < 20; i++) {
        assertThat(calls.get(i).get()).isEqualTo(expected.get(i % 4));
      }
      model.close();
      for (int i = 20; i < 40; i++) {
        try {
          assertThat(calls.get(i).get()).isEqualTo(expected.get(i % 4));
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(IllegalStateException.class);
        }
      }
    } finally {
      callers.shutdownNow();
    }
  }

  private static ByteBuffer mask(ServingModel model, ByteBuffer rgb, int frame) {
    ByteBuffer one = rgb.duplicate().position(frame * 48 * 64 * 3);
    try (Segmentation segmentation = model.segment(one, 1, 48, 64, Plan.SINGLE)) {
      return segmentation.mask(0);
    }
  }

  static Stream<String> networks() {
    return ServingGraphAgreementTest.networks();
  }

  /** Probabilities, whose differences are at most a quarter of those of logits. */
  @ParameterizedTest
  @MethodSource("networks")
  void everyNetworkGivesTheTrainingGraphsProbabilities(String network) {
    SegmentationModelConfig config = SegmentationModelConfig.parse("num_classes: 5\n" + network);
    Taxonomy taxonomy =
        new Taxonomy(
            "five",
            1,
            IntStream.range(0, 5).mapToObj(i -> new TaxonomyClass("class " + i, i)).toList(),
            255);
    ModelSpec spec = new ModelSpec("five", config, 128, 128, taxonomy);
    Weights weights = weights(spec);
    ByteBuffer rgb = frames(1, 128, 128);
    double[] expected;
    try (NetworkOracle oracle = new NetworkOracle(spec, weights)) {
      expected = oracle.probabilities(NetworkOracle.pixels(rgb, 128, 128), 128, 128, 1, false);
    }
    try (ServingModel model = engine.of(spec, weights);
        Segmentation masks = model.segment(rgb, 1, 128, 128, Plan.SINGLE)) {
      PixelScores scores = model.pixelScores(rgb, 1, 128, 128, Plan.SINGLE);
      int equal = 0;
      for (int pixel = 0; pixel < 128 * 128; pixel++) {
        int best = 0;
        for (int c = 0; c < 5; c++) {
          int at = 5 * pixel + c;
          assertThat((double) scores.probabilities(0).get(at))
              .as("value %d", at)
              .isCloseTo(expected[at], Offset.offset(1e-4));
          best = expected[at] > expected[5 * pixel + best] ? c : best;
        }
        equal += masks.mask(0).get(pixel) == best ? 1 : 0;
      }
      // Near ties may turn in float32.
      assertThat(equal).isGreaterThanOrEqualTo(128 * 128 * 999 / 1000);
    }
  }
}

package io.segue.model.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.checkpoint.CheckpointException;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.Averaging;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.golden.Filler;
import io.segue.model.network.SegmentationModel;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

class ServingModelsTest {
  static final ModelSpec SPEC =
      new ModelSpec(
          "road",
          SegmentationModelConfig.parse(
              """
              num_classes: 3
              backbone:
                type: mobilenet
                mobilenet: {filter_size_scale: 0.1, output_stride: 16, output_intermediate_endpoints: true}
              decoder: {type: aspp, aspp: {dilation_rates: [2], num_filters: 8}}
              head: {level: 4, num_convs: 1, num_filters: 8, feature_fusion: deeplabv3plus,
                     low_level: 2/depthwise, low_level_num_filters: 8}
              """),
          48,
          64,
          new Taxonomy(
              "streets",
              1,
              List.of(
                  new TaxonomyClass("road", 1),
                  new TaxonomyClass("sky", 2),
                  new TaxonomyClass("car", 3)),
              255));

  @TempDir Path directory;

  static Weights weights(ModelSpec spec) {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    SegmentationModel.of(spec.network())
        .weights(spec.inputHeight(), spec.inputWidth())
        .forEach(
            (key, shape) ->
                tensors.put(key, new Weights.Tensor(shape, Filler.weight(key, shape, 1.5))));
    return Weights.of(tensors);
  }

  static ByteBuffer frames(int batch, int height, int width) {
    byte[] pixels = new byte[batch * height * width * 3];
    new Random(7).nextBytes(pixels);
    return ByteBuffer.allocateDirect(pixels.length).put(pixels).flip();
  }

  @Test
  void aDirectoryLoadsToTheWeightsThatWereWritten() {
    Weights weights = weights(SPEC);
    ModelDirectory.write(directory, SPEC, weights);
    assertThat(ModelDirectory.readSpec(directory)).isEqualTo(SPEC);
    assertThat(ModelDirectory.readWeights(directory, SPEC)).isEqualTo(weights);
  }

  @Test
  void aFrameOfAnySizeGetsAMaskOfItsOwnSize() {
    ModelDirectory.write(directory, SPEC, weights(SPEC));
    try (ServingModel model = ServingModels.load(directory)) {
      Plan plan = new Plan(List.of(0.5, 1.0), true, Averaging.PROBABILITIES);
      for (Plan each : List.of(Plan.SINGLE, plan)) {
        ByteBuffer rgb = frames(2, 50, 40);
        try (Segmentation segmentation = model.segment(rgb, 2, 50, 40, each)) {
          assertThat(segmentation.mask(1).remaining()).isEqualTo(50 * 40);
          assertThat(segmentation.margin(1)).isBetween(0f, 1f);
          ByteBuffer mask = segmentation.mask(0);
          while (mask.hasRemaining()) {
            assertThat(mask.get()).isBetween((byte) 0, (byte) 2);
          }
        }
        assertThat(rgb.remaining()).isEqualTo(2 * 50 * 40 * 3);
      }
    }
  }

  @Test
  void batchMatesDoNotChangeAMask() {
    try (ServingModel model = ServingModels.of(SPEC, weights(SPEC))) {
      ByteBuffer rgb = frames(3, 48, 64);
      try (Segmentation all = model.segment(rgb, 3, 48, 64, Plan.SINGLE);
          Segmentation last =
              model.segment(rgb.duplicate().position(2 * 48 * 64 * 3), 1, 48, 64, Plan.SINGLE)) {
        assertThat(all.mask(2)).isEqualTo(last.mask(0));
      }
    }
  }

  @Test
  void theExportedGraphAgreesWithTheServingGraph() {
    ModelDirectory.write(directory, SPEC, weights(SPEC));
    ByteBuffer rgb = frames(2, 48, 64);
    byte[] pixels = new byte[rgb.remaining()];
    rgb.duplicate().get(pixels);
    try (SavedModelBundle bundle = SavedModelBundle.load(directory.toString(), "serve");
        ServingModel model = ServingModels.load(directory);
        Segmentation served = model.segment(rgb, 2, 48, 64, Plan.SINGLE);
        TUint8 inputs = TUint8.tensorOf(Shape.of(2, 48, 64, 3))) {
      inputs.asRawTensor().data().write(pixels);
      Map<String, Tensor> fed = Map.of("inputs", inputs);
      try (Result result = bundle.function("serving_default").call(fed)) {
        TFloat32 logits = (TFloat32) result.get("logits").orElseThrow();
        assertThat(logits.shape()).isEqualTo(Shape.of(2, 48, 64, 3));
        float[] values = new float[(int) logits.size()];
        logits.asRawTensor().data().asFloats().read(values);
        int differing = 0;
        for (int i = 0; i < 2 * 48 * 64; i++) {
          int best = 0;
          for (int c = 1; c < 3; c++) {
            best = values[i * 3 + c] > values[i * 3 + best] ? c : best;
          }
          differing += best == served.mask(i / (48 * 64)).get(i % (48 * 64)) ? 0 : 1;
        }
        // Only near ties may turn: folding the batch norm moves logits by about 1e-6.
        assertThat(differing).isLessThan(10);
        TFloat32 info = (TFloat32) result.get("image_info").orElseThrow();
        assertThat(info.shape()).isEqualTo(Shape.of(2, 4, 2));
        assertThat(info.getFloat(1, 2, 0)).isEqualTo(1f);
      }
    }
  }

  @Test
  void notANumberShowsInTheMargin() {
    Map<String, Weights.Tensor> broken = new LinkedHashMap<>(weights(SPEC).tensors());
    broken.put(
        "head/_classifier/bias",
        new Weights.Tensor(Shape.of(3), new float[] {Float.NaN, Float.NaN, Float.NaN}));
    try (ServingModel model = ServingModels.of(SPEC, Weights.of(broken));
        Segmentation segmentation = model.segment(frames(1, 48, 64), 1, 48, 64, Plan.SINGLE)) {
      assertThat(segmentation.margin(0)).isNaN();
    }
  }

  @Test
  void weightsThatDoNotFitAreListed() throws Exception {
    ModelDirectory.write(directory, SPEC, weights(SPEC));
    String wider =
        Files.readString(directory.resolve("spec.json"))
            .replace("\"low_level_num_filters\" : 8", "\"low_level_num_filters\" : 12");
    Files.writeString(directory.resolve("spec.json"), wider);
    assertThatThrownBy(() -> ServingModels.load(directory))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("head/_dlv3p_conv/kernel")
        .hasMessageContaining("head/_convs/0/kernel");
  }

  @Test
  void aScaleBelowTheNetworksStrideIsRefused() {
    try (ServingModel model = ServingModels.of(SPEC, weights(SPEC))) {
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
    ServingModel model = ServingModels.of(SPEC, weights(SPEC));
    model.close();
    assertThatThrownBy(() -> model.segment(frames(1, 48, 64), 1, 48, 64, Plan.SINGLE))
        .isInstanceOf(IllegalStateException.class);
  }
}

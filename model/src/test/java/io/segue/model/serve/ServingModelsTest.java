package io.segue.model.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.checkpoint.CheckpointException;
import io.segue.model.checkpoint.Weights;
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
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
    return Filler.weights(
        SegmentationModel.of(spec.network()).weights(spec.inputHeight(), spec.inputWidth()), 1.5);
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

  @ParameterizedTest
  @EnumSource(EngineUnderTest.class)
  void theExportedGraphAgreesWithTheServingGraph(EngineUnderTest engine) {
    ModelDirectory.write(directory, SPEC, weights(SPEC));
    ByteBuffer rgb = frames(2, 48, 64);
    byte[] pixels = new byte[rgb.remaining()];
    rgb.duplicate().get(pixels);
    try (SavedModelBundle bundle = SavedModelBundle.load(directory.toString(), "serve");
        ServingModel model = engine.load(directory);
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
}

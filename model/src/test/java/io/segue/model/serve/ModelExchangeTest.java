package io.segue.model.serve;

import static io.segue.model.serve.ServingModelsTest.SPEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.checkpoint.CheckpointException;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ConfigException;
import io.segue.model.config.ImageNormalization;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.data.SegmentationExample;
import io.segue.model.serve.ExportOptions.InputType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/** Models go out as SavedModels of each input type and come in from checkpoints and SavedModels. */
class ModelExchangeTest {
  private static final int HEIGHT = 48;
  private static final int WIDTH = 64;

  /** Float32 rounding of one network run in two graphs. */
  private static final float TOLERANCE = 1e-4f;

  @TempDir private Path folder;

  private final Weights weights = ServingModelsTest.weights(SPEC);

  @Test
  void everyInputTypeGivesTheSameLogits() throws IOException {
    ByteBuffer rgb = ServingModelsTest.frames(1, HEIGHT, WIDTH);
    byte[] png = png(rgb);
    float[] expected = logits(rgb);
    float[] normalised = new float[rgb.remaining()];
    for (int i = 0; i < normalised.length; i++) {
      normalised[i] =
          ((rgb.get(i) & 0xff) - ImageNormalization.mean()[i % 3])
              / ImageNormalization.standardDeviation()[i % 3];
    }
    try (TFloat32 tflite =
            TFloat32.tensorOf(Shape.of(1, HEIGHT, WIDTH, 3), DataBuffers.of(normalised));
        TString bytes = strings(png);
        TString example =
            strings(new SegmentationExample("a", png, png, HEIGHT, WIDTH).toTfExample())) {
      assertThat(exported(InputType.TFLITE, tflite)).containsExactly(expected, near());
      assertThat(exported(InputType.IMAGE_BYTES, bytes)).containsExactly(expected, near());
      assertThat(exported(InputType.TF_EXAMPLE, example)).containsExactly(expected, near());
    }
    assertThat(folder.resolve("tflite/params.yaml")).content().contains("\"num_classes\" : 3");
  }

  @Test
  void rescaledLogitsHaveTheSizeOfTheImage() throws IOException {
    ExportOptions options = new ExportOptions(InputType.IMAGE_BYTES, Optional.of(1), true, false);
    ModelDirectory.export(folder, SPEC, weights, options);
    ByteBuffer rgb = ServingModelsTest.frames(1, HEIGHT, WIDTH);
    try (SavedModelBundle bundle = SavedModelBundle.load(folder.toString(), "serve");
        TString bytes = strings(png(rgb.duplicate().limit(3 * 20 * WIDTH), 20));
        Result result =
            bundle.function("serving_default").call(Map.<String, Tensor>of("inputs", bytes))) {
      assertThat(result.get("logits").orElseThrow().shape()).isEqualTo(Shape.of(1, 20, WIDTH, 3));
    }
  }

  @Test
  void exportsThatCannotWorkAreRefusedAtOnce() {
    assertThatThrownBy(
            () -> new ExportOptions(InputType.IMAGE_BYTES, Optional.empty(), false, false))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("image_bytes without a batch size");
    assertThatThrownBy(() -> new ExportOptions(InputType.IMAGE_TENSOR, Optional.of(3), true, false))
        .hasMessageContaining("batch size of 1, not image_tensor with 3");
    assertThatThrownBy(() -> new ExportOptions(InputType.TFLITE, Optional.empty(), false, true))
        .hasMessageContaining("tflite takes images of the network's input size");
    assertThatThrownBy(() -> InputType.named("image")).hasMessageContaining("image_tensor");
  }

  @Test
  void aSavedModelFromElsewhereServesAsItIs() {
    ModelDirectory.write(folder, SPEC, weights);
    ByteBuffer rgb = ServingModelsTest.frames(2, HEIGHT, WIDTH);
    try (ServingModel ours = ServingModels.of(SPEC, weights);
        ServingModel theirs = ServingModels.ofSavedModel(folder, "theirs", SPEC.taxonomy());
        Segmentation expected = ours.segment(rgb, 2, HEIGHT, WIDTH, Plan.SINGLE);
        Segmentation actual = theirs.segment(rgb, 2, HEIGHT, WIDTH, Plan.SINGLE)) {
      int differing = 0;
      for (int i = 0; i < HEIGHT * WIDTH; i++) {
        differing += expected.mask(1).get(i) == actual.mask(1).get(i) ? 0 : 1;
      }
      // Their logits are upsampled in their graph: only near ties may turn.
      assertThat(differing).isLessThan(10);
      assertThatThrownBy(
              () -> theirs.segment(rgb, 2, HEIGHT, WIDTH, Plan.parse("s1+flip-PROBABILITIES")))
          .hasMessageContaining("runs as it is");
    }
  }

  @Test
  void aSavedModelThatPadsServesTheUnpaddedPart() {
    ExportOptions padding =
        new ExportOptions(InputType.IMAGE_TENSOR, Optional.empty(), false, true);
    ModelDirectory.export(folder, SPEC, weights, padding);
    int wide = 2 * WIDTH;
    // Half the height of the input's shape: the lower half of the input is padding.
    ByteBuffer rgb = ServingModelsTest.frames(1, HEIGHT, wide);
    try (ServingModel model = ServingModels.ofSavedModel(folder, "padding", SPEC.taxonomy());
        SavedModelBundle bundle = SavedModelBundle.load(folder.toString(), "serve");
        TUint8 pixels = TUint8.tensorOf(Shape.of(1, HEIGHT, wide, 3), DataBuffers.of(rgb));
        Result result =
            bundle.function("serving_default").call(Map.<String, Tensor>of("inputs", pixels));
        Segmentation actual = model.segment(rgb, 1, HEIGHT, wide, Plan.SINGLE)) {
      TFloat32 logits = (TFloat32) result.get("logits").orElseThrow();
      TFloat32 info = (TFloat32) result.get("image_info").orElseThrow();
      assertThat(info.getFloat(0, 2, 0)).isEqualTo(0.5f);
      assertThat(info.getFloat(0, 2, 1)).isEqualTo(0.5f);
      int differing = 0;
      for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < wide; x++) {
          differing += actual.mask(0).get(y * wide + x) == best(logits, y / 2, x / 2) ? 0 : 1;
        }
      }
      // Upsampled by 2: only pixels at the edge of a class may take the neighbour's.
      assertThat(differing).isLessThan(HEIGHT * wide / 10);
    }
  }

  private static byte best(TFloat32 logits, int y, int x) {
    int best = 0;
    for (int c = 1; c < 3; c++) {
      best = logits.getFloat(0, y, x, c) > logits.getFloat(0, y, x, best) ? c : best;
    }
    return (byte) best;
  }

  @Test
  void aSavedModelThatDoesNotFitIsRefused() {
    ModelDirectory.write(folder.resolve("a"), SPEC, weights);
    Taxonomy two =
        new Taxonomy("two", 1, List.of(new TaxonomyClass("a", 1), new TaxonomyClass("b", 2)), 255);
    assertThatThrownBy(() -> ServingModels.ofSavedModel(folder.resolve("a"), "it", two))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("logits have 3 classes, taxonomy 'two' has 2");
    ExportOptions bytes = new ExportOptions(InputType.IMAGE_BYTES, Optional.of(1), false, false);
    ModelDirectory.export(folder.resolve("b"), SPEC, weights, bytes);
    assertThatThrownBy(() -> ServingModels.ofSavedModel(folder.resolve("b"), "it", SPEC.taxonomy()))
        .hasMessageContaining("DT_STRING");
    assertThatThrownBy(
            () -> ServingModels.ofSavedModel(folder.resolve("none"), "it", SPEC.taxonomy()))
        .hasMessageContaining("is no SavedModel");
  }

  @Test
  void aSavedModelOfAFixedBatchSizeTakesThatManyFramesOrFewer() {
    ModelDirectory.export(
        folder,
        SPEC,
        weights,
        new ExportOptions(InputType.IMAGE_TENSOR, Optional.of(2), false, false));
    ByteBuffer rgb = ServingModelsTest.frames(3, HEIGHT, WIDTH);
    try (ServingModel model = ServingModels.ofSavedModel(folder, "pairs", SPEC.taxonomy());
        Segmentation two = model.segment(rgb, 2, HEIGHT, WIDTH, Plan.SINGLE);
        Segmentation one = model.segment(rgb, 1, HEIGHT, WIDTH, Plan.SINGLE)) {
      assertThat(model.maxBatchSize()).isEqualTo(2);
      assertThat(one.mask(0)).isEqualTo(two.mask(0));
      assertThatThrownBy(() -> one.mask(1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> model.segment(rgb, 3, HEIGHT, WIDTH, Plan.SINGLE))
          .hasMessageContaining("'pairs' takes batches of 2, not 3");
    }
  }

  @Test
  void anAdoptedSavedModelIsLoadedAsItIs() throws IOException {
    Path foreign = folder.resolve("foreign");
    ModelDirectory.write(foreign, SPEC, weights);
    Files.delete(foreign.resolve("spec.json"));
    ModelSpec spec = ModelSpec.ofSavedModel("adopted", 24, 32, SPEC.taxonomy());
    Path adopted = folder.resolve("adopted");
    ModelDirectory.adopt(adopted, spec, foreign);
    ByteBuffer rgb = ServingModelsTest.frames(1, HEIGHT, WIDTH);
    try (ServingModel asItIs = ServingModels.ofSavedModel(foreign, "it", SPEC.taxonomy());
        ServingModel loaded = ServingModels.load(adopted);
        Segmentation expected = asItIs.segment(rgb, 1, HEIGHT, WIDTH, Plan.SINGLE);
        Segmentation actual = loaded.segment(rgb, 1, HEIGHT, WIDTH, Plan.SINGLE)) {
      assertThat(loaded.spec()).isEqualTo(spec);
      assertThat(actual.mask(0)).isEqualTo(expected.mask(0));
    }
    assertThatThrownBy(
            () -> ServingModels.of(spec, weights).segment(rgb, 1, HEIGHT, WIDTH, Plan.SINGLE))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("its SavedModel alone knows");
  }

  @Test
  void aSavedModelThatGivesNoNumbersHasNoMargin() {
    Map<String, Weights.Tensor> tensors = new HashMap<>(weights.tensors());
    tensors.replaceAll(
        (key, it) -> {
          float[] values = it.values().clone();
          Arrays.fill(values, Float.NaN);
          return new Weights.Tensor(it.shape(), values);
        });
    ModelDirectory.write(folder, SPEC, Weights.of(tensors));
    try (ServingModel model = ServingModels.ofSavedModel(folder, "it", SPEC.taxonomy());
        Segmentation masks =
            model.segment(
                ServingModelsTest.frames(1, HEIGHT, WIDTH), 1, HEIGHT, WIDTH, Plan.SINGLE)) {
      assertThat(masks.margin(0)).isNaN();
    }
  }

  @Test
  void aSignatureThatFixesTheFramesIsHeldTo() throws IOException {
    ModelDirectory.write(folder, SPEC, weights);
    declareInput(-1, HEIGHT, WIDTH, 3);
    ByteBuffer rgb = ServingModelsTest.frames(1, HEIGHT, WIDTH);
    try (ServingModel model = ServingModels.ofSavedModel(folder, "fixed", SPEC.taxonomy())) {
      model.segment(rgb, 1, HEIGHT, WIDTH, Plan.SINGLE).close();
      assertThatThrownBy(() -> model.segment(rgb, 1, HEIGHT / 2, WIDTH, Plan.SINGLE))
          .hasMessageContaining("'fixed' takes frames of 64×48 pixels, not 64×24");
    }
    declareInput(-1, -1, -1, 4);
    assertThatThrownBy(() -> ServingModels.ofSavedModel(folder, "it", SPEC.taxonomy()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("'inputs' has 4 channels");
  }

  /** Gives the input in the signature another shape. */
  private void declareInput(long... sizes) throws IOException {
    Path file = folder.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    MetaGraphDef.Builder graph = saved.getMetaGraphsBuilder(0);
    SignatureDef.Builder signature = graph.getSignatureDefOrThrow("serving_default").toBuilder();
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      shape.addDimBuilder().setSize(size);
    }
    signature.putInputs(
        "inputs", signature.getInputsOrThrow("inputs").toBuilder().setTensorShape(shape).build());
    graph.putSignatureDef("serving_default", signature.build());
    Files.write(file, saved.build().toByteArray());
  }

  @Test
  void aBackboneIsImportedAlone() {
    ModelDirectory.write(folder, SPEC, weights);
    ModelSpec wider = withHeadFilters(12);
    ModelImport imported =
        ModelImport.read(
            folder.resolve("variables/variables"), wider, Set.of("backbone"), false, 1);
    assertThat(imported.imported()).isNotEmpty().allMatch(it -> it.startsWith("backbone/"));
    assertThat(imported.fresh())
        .contains("head/_classifier/kernel", "decoder/aspp/projection/layer_with_weights-0/kernel");
    assertThat(imported.unread()).contains("head/_classifier/kernel/.ATTRIBUTES/VARIABLE_VALUE");
    String key = imported.imported().get(0);
    assertThat(imported.weights().tensors().get(key)).isEqualTo(weights.tensors().get(key));
    assertThat(imported.weights().keys())
        .hasSize(imported.imported().size() + imported.fresh().size());
  }

  @Test
  void aMismatchIsRefusedWithEveryDifference() {
    ModelDirectory.write(folder, SPEC, weights);
    assertThatThrownBy(() -> ModelImport.read(folder, withHeadFilters(12), Set.of(), false, 1))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("nothing was changed")
        .hasMessageContaining("head/_convs/0/kernel: has shape")
        .hasMessageContaining("head/_classifier/kernel: has shape");
    assertThatThrownBy(() -> ModelImport.read(folder, SPEC, Set.of("neck"), false, 1))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'neck'; its parts are [backbone, decoder, head]");
  }

  private static ModelSpec withHeadFilters(int filters) {
    SegmentationModelConfig network =
        SegmentationModelConfig.parse(
            """
            num_classes: 3
            backbone:
              type: mobilenet
              mobilenet: {filter_size_scale: 0.1, output_stride: 16, output_intermediate_endpoints: true}
            decoder: {type: aspp, aspp: {dilation_rates: [2], num_filters: 8}}
            head: {level: 4, num_convs: 1, num_filters: %d, feature_fusion: deeplabv3plus,
                   low_level: 2/depthwise, low_level_num_filters: 8}
            """
                .formatted(filters));
    return new ModelSpec("wider", network, HEIGHT, WIDTH, SPEC.taxonomy());
  }

  private float[] logits(ByteBuffer rgb) {
    try (NetworkOracle network = new NetworkOracle(SPEC, weights)) {
      NetworkOracle.Logits small =
          network.logits(NetworkOracle.pixels(rgb, HEIGHT, WIDTH), HEIGHT, WIDTH);
      double[] wide =
          BilinearOracle.resize(small.values(), small.height(), small.width(), 3, HEIGHT, WIDTH);
      float[] values = new float[wide.length];
      for (int i = 0; i < wide.length; i++) {
        values[i] = (float) wide[i];
      }
      return values;
    }
  }

  private float[] exported(InputType type, Tensor inputs) {
    Path directory = folder.resolve(type.key());
    ModelDirectory.export(
        directory, SPEC, weights, new ExportOptions(type, Optional.of(1), false, false));
    assertThat(Files.exists(directory.resolve("saved_model.pb"))).isTrue();
    try (SavedModelBundle bundle = SavedModelBundle.load(directory.toString(), "serve");
        Result result = bundle.function("serving_default").call(Map.of("inputs", inputs))) {
      TFloat32 logits = (TFloat32) result.get("logits").orElseThrow();
      float[] values = new float[(int) logits.size()];
      logits.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  private static TString strings(byte[] value) {
    return TString.tensorOfBytes(NdArrays.vectorOfObjects(value));
  }

  private static byte[] png(ByteBuffer rgb) throws IOException {
    return png(rgb, HEIGHT);
  }

  private static byte[] png(ByteBuffer rgb, int height) throws IOException {
    BufferedImage image = new BufferedImage(WIDTH, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < height * WIDTH; i++) {
      int red = rgb.get(3 * i) & 0xff;
      int green = rgb.get(3 * i + 1) & 0xff;
      int blue = rgb.get(3 * i + 2) & 0xff;
      image.setRGB(i % WIDTH, i / WIDTH, red << 16 | green << 8 | blue);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  private static org.assertj.core.data.Offset<Float> near() {
    return org.assertj.core.data.Offset.offset(TOLERANCE);
  }
}

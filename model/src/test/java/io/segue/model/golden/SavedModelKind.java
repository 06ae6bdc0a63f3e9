package io.segue.model.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.checkpoint.CheckpointFile;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ImageNormalization;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.layer.Resampling;
import io.segue.model.network.SegmentationModel;
import io.segue.model.serve.ExportOptions;
import io.segue.model.serve.ModelDirectory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * SavedModels that the reference exported: run as they are; our own export of the weights of their
 * variables, with all of its outputs; and, where a picture has the model's own size, our network.
 */
final class SavedModelKind implements GoldenKind {
  @Override
  public Set<String> names() {
    return Set.of("savedmodel");
  }

  @Override
  public void compare(Fixture fixture, Deviations deviations) {
    JsonNode json = fixture.description();
    Map<String, NpyArray> expected = fixture.arrays("expected.npz");
    Path model = fixture.directory().resolve("model");
    run("", model, json, expected, deviations);
    ModelSpec spec = spec(json);
    Weights weights =
        CheckpointFile.open(model.resolve("variables/variables"))
            .read(
                SegmentationModel.of(spec.network())
                    .weights(spec.inputHeight(), spec.inputWidth()));
    deviations.checkEqual("weights imported", weights.keys().isEmpty(), false);
    Path exported = temporary();
    try {
      ModelDirectory.export(exported, spec, weights, options(json));
      run("our export, ", exported, json, expected, deviations);
    } finally {
      delete(exported);
    }
    for (JsonNode pair : json.path("pairs")) {
      NpyArray input = expected.get(pair.path("input").asText());
      boolean ownSize =
          dtype(json).equals("uint8")
              && input.shape().numDimensions() == 4
              && input.shape().get(1) == spec.inputHeight()
              && input.shape().get(2) == spec.inputWidth();
      if (ownSize) {
        compareLogits(
            json, SegmentationModel.of(spec.network()), weights, input, pair, expected, deviations);
      }
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("export");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(
      String whose,
      Path model,
      JsonNode json,
      Map<String, NpyArray> expected,
      Deviations deviations) {
    try (SavedModelBundle bundle = SavedModelBundle.load(model.toString(), "serve")) {
      for (JsonNode pair : json.path("pairs")) {
        NpyArray input = expected.get(pair.path("input").asText());
        try (Tensor fed = tensor(json, input);
            Result result =
                bundle.function(json.path("signature").asText()).call(Map.of("inputs", fed))) {
          for (Map.Entry<String, JsonNode> output : pair.path("outputs").properties()) {
            Tensor actual = result.get(output.getKey()).orElseThrow();
            check(
                whose + output.getKey(),
                (TFloat32) actual,
                json,
                output.getValue(),
                expected,
                deviations);
          }
        }
      }
    }
  }

  private static ModelSpec spec(JsonNode json) {
    long[] size = Fixture.longs(json.path("input_image_size"));
    SegmentationModelConfig network = SegmentationModelConfig.parse(json.path("model").toString());
    List<TaxonomyClass> classes =
        IntStream.range(0, network.numClasses())
            .mapToObj(i -> new TaxonomyClass("class-" + i, i))
            .toList();
    Taxonomy taxonomy = new Taxonomy("golden", 1, classes, 255);
    return new ModelSpec("golden", network, (int) size[0], (int) size[1], taxonomy);
  }

  private static ExportOptions options(JsonNode json) {
    JsonNode batch = json.path("batch_size");
    ExportOptions.InputType type = ExportOptions.InputType.named(json.path("input_type").asText());
    return new ExportOptions(
        type,
        batch.isInt() ? Optional.of(batch.intValue()) : Optional.empty(),
        json.path("rescale_output").booleanValue(),
        type != ExportOptions.InputType.TFLITE
            && json.path("preserve_aspect_ratio").booleanValue());
  }

  private static Tensor tensor(JsonNode json, NpyArray input) {
    return switch (dtype(json)) {
      case "string" -> TString.tensorOfBytes(NdArrays.vectorOfObjects(input.bytes()));
      case "float32" -> TFloat32.tensorOf(input.shape(), DataBuffers.of(input.floats()));
      case "uint8" -> TUint8.tensorOf(input.shape(), DataBuffers.of(input.bytes()));
      default -> throw new AssertionError("input of type " + dtype(json));
    };
  }

  private static String dtype(JsonNode json) {
    return json.path("inputs").path("inputs").path("dtype").asText();
  }

  private static void compareLogits(
      JsonNode json,
      SegmentationModel network,
      Weights weights,
      NpyArray input,
      JsonNode pair,
      Map<String, NpyArray> expected,
      Deviations deviations) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> pixels = tf.constant(input.shape(), DataBuffers.of(input.floats()));
      Operand<TFloat32> image =
          tf.math.div(
              tf.math.sub(pixels, tf.constant(ImageNormalization.mean())),
              tf.constant(ImageNormalization.standardDeviation()));
      Operand<TFloat32> logits =
          Resampling.bilinear(
              tf,
              network.build(new FrozenLayers(tf, weights), image).logits(),
              Resampling.size(tf, image));
      try (Session session = Sessions.open(graph);
          Result result = session.runner().fetch(logits).run()) {
        check(
            "logits",
            (TFloat32) result.get(0),
            json,
            pair.path("outputs").path("logits"),
            expected,
            deviations);
      }
    }
  }

  private static void check(
      String what,
      TFloat32 actual,
      JsonNode json,
      JsonNode stored,
      Map<String, NpyArray> expected,
      Deviations deviations) {
    NpyArray array = expected.get(stored.path("tensor").asText());
    assertThat(actual.shape()).as(what).isEqualTo(array.shape());
    float[] values = new float[(int) actual.size()];
    actual.asRawTensor().data().asFloats().read(values);
    deviations.check(
        what,
        Deviations.doubles(values),
        array.doubles(),
        stored.path("absolute").asDouble(),
        json.path("relative").asDouble());
  }
}

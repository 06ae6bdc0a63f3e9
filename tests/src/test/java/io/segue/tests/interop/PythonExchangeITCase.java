package io.segue.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.segue.deploy.cli.Segue;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ImageNormalization;
import io.segue.model.config.ModelSpec;
import io.segue.model.data.SegmentationExample;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.layer.Resampling;
import io.segue.model.network.SegmentationModel;
import io.segue.model.serve.ModelDirectory;
import io.segue.tests.optional.OptionalTool;
import io.segue.tests.segment.SegmentLine;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * Models go to Python's TensorFlow and come back: exports of every input type give our logits
 * there, and a checkpoint that Python writes under the Model Garden's names gives our weights here.
 * One Python does it all, because TensorFlow takes seconds to start. OpenVINO reads an export too.
 */
class PythonExchangeITCase {

  /** Logits are of the order of 1: float32 rounding through some sixty layers stays below this. */
  private static final float TOLERANCE = 1e-4f;

  @TempDir private Path folder;

  private final ModelSpec spec = SegmentLine.spec();
  private final Weights weights = weights(spec);

  @Test
  void modelsGoToPythonAndComeBack() throws Exception {
    Path python = OptionalTool.pythonWithTensorFlow();
    Path model = model();
    byte[] pixels = pixels();
    Map<String, byte[]> inputs = inputs(pixels);
    for (Map.Entry<String, byte[]> input : inputs.entrySet()) {
      export(model, input.getKey());
      Files.write(folder.resolve("exports/" + input.getKey() + ".input"), input.getValue());
    }
    writeWeights();

    run(List.of(python.toString(), "src/test/python/exchange_models.py", folder.toString()));

    float[] expected = expectedLogits(pixels);
    for (String name : inputs.keySet()) {
      assertThat(floats(folder.resolve("exports/" + name + ".logits")))
          .as(name)
          .containsExactly(expected, within());
    }
    segue(
        "model",
        "import",
        "--checkpoint",
        folder.resolve("checkpoint").toString(),
        "--spec",
        model.resolve("spec.json").toString(),
        "--out",
        folder.resolve("imported").toString());
    assertThat(ModelDirectory.readWeights(folder.resolve("imported"), spec)).isEqualTo(weights);
  }

  @Test
  void openVinoConvertsAnExport() throws Exception {
    Path python = OptionalTool.pythonWithOpenVino();
    Path model = model();
    byte[] pixels = pixels();
    Path input = Files.write(folder.resolve("input"), pixels);
    Path output = folder.resolve("logits");

    run(
        List.of(
            python.toString(),
            "src/test/python/openvino_logits.py",
            model.toString(),
            Integer.toString(spec.inputHeight()),
            Integer.toString(spec.inputWidth()),
            input.toString(),
            output.toString()));

    assertThat(floats(output)).containsExactly(expectedLogits(pixels), within());
  }

  private Path model() {
    Path model = folder.resolve("model");
    ModelDirectory.write(model, spec, weights);
    return model;
  }

  private byte[] pixels() {
    byte[] pixels = new byte[spec.inputHeight() * spec.inputWidth() * 3];
    new Random(1).nextBytes(pixels);
    return pixels;
  }

  private float[] expectedLogits(byte[] pixels) {
    float[] expected = logits(spec, weights, pixels);
    float largest = 0;
    for (float each : expected) {
      largest = Math.max(largest, Math.abs(each));
    }
    assertThat(largest).as("logits that are all but zero prove nothing").isGreaterThan(0.1f);
    return expected;
  }

  /** The same image for each input type; {@code preserved} pads nothing at the input's own size. */
  private Map<String, byte[]> inputs(byte[] pixels) throws IOException {
    BufferedImage image =
        new BufferedImage(spec.inputWidth(), spec.inputHeight(), BufferedImage.TYPE_INT_RGB);
    ByteBuffer normalised =
        ByteBuffer.allocate(pixels.length * Float.BYTES).order(ByteOrder.nativeOrder());
    for (int i = 0; i < pixels.length; i++) {
      int value = pixels[i] & 0xff;
      normalised.putFloat(
          (value - ImageNormalization.mean()[i % 3])
              / ImageNormalization.standardDeviation()[i % 3]);
      int x = i / 3 % spec.inputWidth();
      int y = i / 3 / spec.inputWidth();
      image.setRGB(x, y, image.getRGB(x, y) | value << (16 - 8 * (i % 3)));
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    Map<String, byte[]> inputs = new LinkedHashMap<>();
    inputs.put("image_tensor", pixels);
    inputs.put("image_tensor-preserved", pixels);
    inputs.put("image_bytes", png.toByteArray());
    inputs.put(
        "tf_example",
        new SegmentationExample(
                "a", png.toByteArray(), new byte[0], spec.inputHeight(), spec.inputWidth())
            .toTfExample());
    inputs.put("tflite", normalised.array());
    return inputs;
  }

  private void export(Path model, String name) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("model", "export", "--model", model.toString(), "--batch-size", "1"));
    arguments.addAll(List.of("--out", folder.resolve("exports/" + name).toString()));
    arguments.addAll(List.of("--input-type", name.replace("-preserved", "")));
    if (name.endsWith("-preserved")) {
      arguments.add("--preserve-aspect-ratio");
    }
    segue(arguments.toArray(String[]::new));
  }

  private static void segue(String... arguments) {
    StringWriter err = new StringWriter();
    assertThat(Segue.run(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments))
        .as(err.toString())
        .isZero();
  }

  private void writeWeights() throws IOException {
    List<Map<String, Object>> listed = new ArrayList<>();
    ByteBuffer values =
        ByteBuffer.allocate(
                weights.tensors().values().stream().mapToInt(it -> 4 * it.values().length).sum())
            .order(ByteOrder.nativeOrder());
    weights
        .tensors()
        .forEach(
            (key, tensor) -> {
              listed.add(Map.of("key", key, "shape", tensor.shape().asArray()));
              for (float value : tensor.values()) {
                values.putFloat(value);
              }
            });
    Files.write(folder.resolve("weights.raw"), values.array());
    new ObjectMapper()
        .writeValue(
            folder.resolve("exchange.json").toFile(),
            Map.of("height", spec.inputHeight(), "width", spec.inputWidth(), "weights", listed));
  }

  /** Random weights of such sizes that the signal neither dies out nor blows up on its way. */
  private static Weights weights(ModelSpec spec) {
    Random random = new Random(5);
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    SegmentationModel.of(spec.network())
        .weights(spec.inputHeight(), spec.inputWidth())
        .forEach((key, shape) -> tensors.put(key, weight(key, shape, random)));
    return Weights.of(tensors);
  }

  private static Weights.Tensor weight(String key, Shape shape, Random random) {
    boolean kernel = shape.numDimensions() == 4;
    boolean positive = key.endsWith("gamma") || key.endsWith("moving_variance");
    long fanIn =
        !kernel
            ? 1
            : key.endsWith("depthwise_kernel")
                ? shape.get(0) * shape.get(1)
                : shape.get(0) * shape.get(1) * shape.get(2);
    double scale = kernel ? Math.sqrt(1.0 / fanIn) : 0.2;
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (positive ? 0.5 + random.nextDouble() : scale * random.nextGaussian());
    }
    return new Weights.Tensor(shape, values);
  }

  private static org.assertj.core.data.Offset<Float> within() {
    return org.assertj.core.data.Offset.offset(TOLERANCE);
  }

  private static float[] logits(ModelSpec spec, Weights weights, byte[] image) {
    Shape shape = Shape.of(1, spec.inputHeight(), spec.inputWidth(), 3);
    try (Graph graph = new Graph();
        TUint8 pixels = TUint8.tensorOf(shape)) {
      pixels.asRawTensor().data().write(image);
      Ops tf = Ops.create(graph);
      Operand<TFloat32> normalised =
          tf.math.div(
              tf.math.sub(
                  tf.dtypes.cast(tf.constant(pixels), TFloat32.class),
                  tf.constant(ImageNormalization.mean())),
              tf.constant(ImageNormalization.standardDeviation()));
      Operand<TFloat32> logits =
          Resampling.bilinear(
              tf,
              SegmentationModel.of(spec.network())
                  .build(new FrozenLayers(tf, weights), normalised)
                  .logits(),
              tf.constant(new int[] {spec.inputHeight(), spec.inputWidth()}));
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(logits).run()) {
        TFloat32 values = (TFloat32) result.get(0);
        float[] array = new float[Math.toIntExact(values.size())];
        values.asRawTensor().data().asFloats().read(array);
        return array;
      }
    }
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Path log = folder.resolve("python.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("Python is done").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
  }

  private static float[] floats(Path file) throws IOException {
    FloatBuffer values =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder()).asFloatBuffer();
    float[] array = new float[values.remaining()];
    values.get(array);
    return array;
  }
}

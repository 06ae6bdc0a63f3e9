package io.segue.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ImageNormalization;
import io.segue.model.config.ModelSpec;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.layer.Resampling;
import io.segue.model.network.SegmentationModel;
import io.segue.model.serve.ModelDirectory;
import io.segue.tests.optional.OptionalTool;
import io.segue.tests.segment.SegmentLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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

/** What the trainer exports is a SavedModel that Python's TensorFlow runs to the same logits. */
class PythonSavedModelITCase {

  /** Logits are of the order of 1: float32 rounding through some sixty layers stays below this. */
  private static final float TOLERANCE = 1e-4f;

  @TempDir private Path folder;

  @Test
  void pythonComputesTheSameLogits() throws Exception {
    Path python = OptionalTool.pythonWithTensorFlow();
    ModelSpec spec = SegmentLine.spec();
    Path model = folder.resolve("model");
    ModelDirectory.write(model, spec, weights(spec));
    byte[] image = new byte[spec.inputHeight() * spec.inputWidth() * 3];
    new Random(1).nextBytes(image);

    float[] expected = logits(spec, ModelDirectory.readWeights(model, spec), image);
    float[] actual = logitsInPython(python, spec, model, image);

    assertThat(actual).hasSameSizeAs(expected);
    float largest = 0;
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("logit %d", i).isCloseTo(expected[i], within());
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    assertThat(largest).as("logits that are all but zero prove nothing").isGreaterThan(0.1f);
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

  private float[] logitsInPython(Path python, ModelSpec spec, Path model, byte[] image)
      throws IOException, InterruptedException {
    Path imageFile = Files.write(folder.resolve("image.raw"), image);
    Path logitsFile = folder.resolve("logits.raw");
    Path log = folder.resolve("python.log");
    Process process =
        new ProcessBuilder(
                python.toString(),
                Path.of("src/test/python/saved_model_logits.py").toString(),
                model.toString(),
                imageFile.toString(),
                Integer.toString(spec.inputHeight()),
                Integer.toString(spec.inputWidth()),
                logitsFile.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("Python is done").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    FloatBuffer values =
        ByteBuffer.wrap(Files.readAllBytes(logitsFile))
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    float[] array = new float[values.remaining()];
    values.get(array);
    return array;
  }
}

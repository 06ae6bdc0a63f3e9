package io.segue.model.serve;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ImageNormalization;
import io.segue.model.config.ModelSpec;
import io.segue.model.golden.Sessions;
import io.segue.model.layer.VariableLayers;
import io.segue.model.layer.VariableStore;
import io.segue.model.network.SegmentationModel;
import java.nio.ByteBuffer;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * The network as the training graph evaluates it, with nothing around it: pixels are resized,
 * mirrored and averaged in Java.
 */
final class NetworkOracle implements AutoCloseable {
  private final ModelSpec spec;
  private final Graph graph = new Graph();
  private final Session session;
  private final Placeholder<TFloat32> image;
  private final Operand<TFloat32> logits;

  /** Logits of one image at the size the network gives them. */
  @SuppressWarnings("ArrayRecordComponent") // logits, by far too many to box
  record Logits(double[] values, int height, int width) {}

  NetworkOracle(ModelSpec spec, Weights weights) {
    this.spec = spec;
    Ops tf = Ops.create(graph);
    VariableStore store = new VariableStore(tf, 0);
    image = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, -1, -1, 3)));
    logits =
        SegmentationModel.of(spec.network())
            .build(VariableLayers.evaluation(tf, store), image)
            .logits();
    session = Sessions.open(graph);
    store.load(session, weights);
  }

  /** Pixels of one frame as numbers. */
  static double[] pixels(ByteBuffer rgb, int height, int width) {
    double[] values = new double[3 * height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = rgb.get(rgb.position() + i) & 0xff;
    }
    return values;
  }

  /** The network on pixels of 0 to 255, {@code [height, width, 3]}. */
  Logits logits(double[] pixels, int height, int width) {
    float[] normalised = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      normalised[i] =
          (float)
              ((pixels[i] - ImageNormalization.mean()[i % 3])
                  / ImageNormalization.standardDeviation()[i % 3]);
    }
    try (TFloat32 fed =
            TFloat32.tensorOf(Shape.of(1, height, width, 3), DataBuffers.of(normalised));
        Result result = session.runner().feed(image, fed).fetch(logits).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[(int) tensor.size()];
      tensor.asRawTensor().data().asFloats().read(values);
      double[] wide = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        wide[i] = values[i];
      }
      return new Logits(wide, (int) tensor.shape().get(1), (int) tensor.shape().get(2));
    }
  }

  /** Probabilities of a frame on one branch, {@code [height, width, classes]}. */
  double[] probabilities(double[] pixels, int height, int width, double scale, boolean flip) {
    int classes = spec.taxonomy().size();
    int scaledHeight = (int) Math.floor(scale * spec.inputHeight() + 0.5);
    int scaledWidth = (int) Math.floor(scale * spec.inputWidth() + 0.5);
    double[] scaled = BilinearOracle.resize(pixels, height, width, 3, scaledHeight, scaledWidth);
    if (flip) {
      scaled = BilinearOracle.mirror(scaled, scaledHeight, scaledWidth, 3);
    }
    Logits small = logits(scaled, scaledHeight, scaledWidth);
    double[] values = small.values();
    if (flip) {
      values = BilinearOracle.mirror(values, small.height(), small.width(), classes);
    }
    return softmax(
        BilinearOracle.resize(values, small.height(), small.width(), classes, height, width),
        classes);
  }

  private static double[] softmax(double[] logits, int classes) {
    double[] probabilities = new double[logits.length];
    for (int from = 0; from < logits.length; from += classes) {
      double sum = 0;
      for (int c = from; c < from + classes; c++) {
        probabilities[c] = Math.exp(logits[c]);
        sum += probabilities[c];
      }
      for (int c = from; c < from + classes; c++) {
        probabilities[c] /= sum;
      }
    }
    return probabilities;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}

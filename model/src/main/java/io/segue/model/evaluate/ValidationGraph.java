package io.segue.model.evaluate;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.data.EvaluationExample;
import io.segue.model.data.ParserOptions;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.layer.Resampling;
import io.segue.model.metric.RescaledLogits;
import io.segue.model.network.SegmentationModel;
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
 * A network on normalised input, its logits on the pixels of the labels: the reference's validation
 * step.
 */
final class ValidationGraph implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session;
  private final Placeholder<TFloat32> images;
  private final Operand<TFloat32> logits;
  private final Shape shape;
  private final int classes;
  private final boolean resized;

  ValidationGraph(ModelSpec spec, Weights weights, ParserOptions options) {
    classes = spec.taxonomy().size();
    resized = options.resizeEvalGroundtruth();
    shape = Shape.of(1, options.outputSize().height(), options.outputSize().width(), 3);
    Ops tf = Ops.create(graph);
    images = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
    Operand<TFloat32> raw =
        SegmentationModel.of(spec.network()).build(new FrozenLayers(tf, weights), images).logits();
    logits = resized ? Resampling.bilinear(tf, raw, Resampling.size(tf, images)) : raw;
    session = new Session(graph);
  }

  /** Class indices, uint8 {@code [truthHeight, truthWidth]}; the lowest of equals. */
  byte[] predict(EvaluationExample example) {
    try (TFloat32 image = TFloat32.tensorOf(shape, DataBuffers.of(example.image(), true, false));
        Result result = session.runner().feed(images, image).fetch(logits).run()) {
      TFloat32 found = (TFloat32) result.get(0);
      float[] values = Weights.Tensor.copyOf(found).values();
      return largest(resized ? values : onCanvas(values, found.shape(), example));
    }
  }

  private float[] onCanvas(float[] values, Shape found, EvaluationExample example) {
    return RescaledLogits.onCanvas(
        values,
        (int) found.get(1),
        (int) found.get(2),
        classes,
        example.imageInfo(),
        example.truthHeight(),
        example.truthWidth());
  }

  private byte[] largest(float[] values) {
    byte[] winners = new byte[values.length / classes];
    for (int pixel = 0; pixel < winners.length; pixel++) {
      int winner = 0;
      for (int c = 1; c < classes; c++) {
        if (values[pixel * classes + c] > values[pixel * classes + winner]) {
          winner = c;
        }
      }
      winners[pixel] = (byte) winner;
    }
    return winners;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}

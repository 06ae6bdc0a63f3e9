package io.segue.model.loss;

import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** A loss in a graph of its own: its value and its gradient at given logits. */
public final class LossProbe implements AutoCloseable {

  /** A loss over one input, the rest being constants. */
  public interface Expression {
    Operand<TFloat32> of(Ops tf, Operand<TFloat32> input);
  }

  private final Graph graph = new Graph();
  private final Session session;
  private final Placeholder<TFloat32> input;
  private final Operand<TFloat32> value;
  private final Output<?> gradient;
  private final Shape shape;

  public LossProbe(Shape shape, Expression expression) {
    Ops tf = Ops.create(graph);
    this.shape = shape;
    this.input = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
    this.value = expression.of(tf, input);
    this.gradient = graph.addGradients(value.asOutput(), new Output<?>[] {input.asOutput()})[0];
    this.session = new Session(graph);
  }

  public static LossProbe of(Loss loss, Shape logits, float[] labels, Shape labelShape) {
    return new LossProbe(
        logits,
        (tf, input) -> loss.value(tf, input, tf.constant(labelShape, DataBuffers.of(labels))));
  }

  /** The values of an expression without input. */
  public static float[] constant(Function<Ops, Operand<TFloat32>> expression) {
    try (Graph graph = new Graph()) {
      Operand<TFloat32> value = expression.apply(Ops.create(graph));
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(value).run()) {
        return floats((TFloat32) result.get(0));
      }
    }
  }

  private static float[] floats(TFloat32 tensor) {
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  public double value(float[] at) {
    return run(at, result -> (double) ((TFloat32) result.get(0)).getFloat(), value.asOutput());
  }

  public float[] gradient(float[] at) {
    return run(at, result -> floats((TFloat32) result.get(0)), gradient);
  }

  /** The largest distance of the gradient from central differences with step {@code h}. */
  public double largestGradientError(float[] at, float h) {
    float[] gradient = gradient(at);
    double largest = 0;
    for (int i = 0; i < at.length; i++) {
      float[] up = at.clone();
      float[] down = at.clone();
      up[i] += h;
      down[i] -= h;
      double slope = (value(up) - value(down)) / ((double) up[i] - down[i]);
      largest = Math.max(largest, Math.abs(slope - gradient[i]));
    }
    return largest;
  }

  private <T> T run(float[] at, Function<Result, T> read, Output<?> fetch) {
    try (TFloat32 fed = TFloat32.tensorOf(shape, DataBuffers.of(at));
        Result result = session.runner().feed(input, fed).fetch(fetch).run()) {
      return read.apply(result);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}

package io.segue.model.serve;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ImageNormalization;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.layer.Layers;
import io.segue.model.layer.Resampling;
import io.segue.model.network.SegmentationModel;
import java.nio.ByteBuffer;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** The frozen graph of one model and one plan, with its session. Thread-safe. */
final class PlanGraph implements AutoCloseable {
  /** The margin is measured on every fourth pixel of every fourth row: it is a mean. */
  private static final int MARGIN_STEP = 4;

  private final Graph graph = new Graph();
  private final Session session;
  private final Placeholder<TUint8> frames;
  private final Operand<TUint8> masks;
  private final Operand<TFloat32> margins;

  PlanGraph(ModelSpec spec, Weights weights, Plan plan, ConfigProto config) {
    boolean built = false;
    try {
      Ops tf = Ops.create(graph);
      SegmentationModel model = SegmentationModel.of(spec.network());
      PlanBranches branches =
          new PlanBranches(
              tf, plan, spec.inputHeight(), spec.inputWidth(), model.backbone().stride());
      Layers layers = new FrozenLayers(tf, weights);
      frames =
          tf.withName(FrozenGraph.FRAMES)
              .placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, -1, 3)));
      Operand<TFloat32> mean =
          branches.predict(
              frames,
              Resampling.size(tf, frames),
              x -> model.build(layers, normalised(tf, x)).logits());
      tf.withName(FrozenGraph.SCORES).identity(mean);
      Operand<TInt32> best = tf.math.argMax(mean, tf.constant(3), TInt32.class);
      masks = tf.withName(FrozenGraph.MASKS).dtypes.cast(best, TUint8.class);
      margins =
          tf.withName(FrozenGraph.MARGINS).identity(margins(tf, mean, branches.givesLogits()));
      session = new Session(graph, config);
      built = true;
    } finally {
      if (!built) {
        graph.close();
      }
    }
  }

  /** Pixels 0 to 255 as the network's input. */
  static Operand<TFloat32> normalised(Ops tf, Operand<TFloat32> pixels) {
    return tf.math.div(
        tf.math.sub(pixels, tf.constant(ImageNormalization.mean())),
        tf.constant(ImageNormalization.standardDeviation()));
  }

  private static Operand<TFloat32> margins(Ops tf, Operand<TFloat32> mean, boolean logits) {
    Operand<TFloat32> thinned =
        tf.stridedSlice(
            mean,
            tf.constant(new int[4]),
            tf.shape(mean),
            tf.constant(new int[] {1, MARGIN_STEP, MARGIN_STEP, 1}));
    Operand<TFloat32> probabilities = logits ? tf.nn.softmax(thinned) : thinned;
    if (mean.shape().get(3) == 1) {
      return tf.math.mean(probabilities, tf.constant(new int[] {1, 2, 3}));
    }
    Operand<TFloat32> best = tf.nn.topK(probabilities, tf.constant(2), TInt32.class).values();
    List<Operand<TFloat32>> pair = List.copyOf(tf.unstack(best, 2L, UNSTACK_LAST).output());
    return tf.math.mean(tf.math.sub(pair.get(0), pair.get(1)), tf.constant(new int[] {1, 2}));
  }

  private static final org.tensorflow.op.core.Unstack.Options UNSTACK_LAST =
      org.tensorflow.op.core.Unstack.axis(3L);

  FrozenGraph frozen() {
    return new FrozenGraph(graph.toGraphDef());
  }

  Segmentation run(ByteBuffer rgb, int batch, int height, int width) {
    byte[] pixels = new byte[Math.multiplyExact(Math.multiplyExact(batch, height), width * 3)];
    rgb.duplicate().get(pixels);
    try (TUint8 fed = TUint8.tensorOf(Shape.of(batch, height, width, 3))) {
      fed.asRawTensor().data().write(pixels);
      try (Result result = session.runner().feed(frames, fed).fetch(masks).fetch(margins).run()) {
        byte[] classes = new byte[Math.multiplyExact(batch, height * width)];
        ((TUint8) result.get(0)).asRawTensor().data().read(classes);
        float[] gaps = new float[batch];
        ((TFloat32) result.get(1)).asRawTensor().data().asFloats().read(gaps);
        return new MaskBatch(classes, gaps, height * width);
      }
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}

package io.segue.model.serve;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.Averaging;
import io.segue.model.config.ImageNormalization;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.layer.Layers;
import io.segue.model.layer.Resampling;
import io.segue.model.network.SegmentationModel;
import io.segue.model.serve.form.Devices;
import io.segue.model.serve.form.ServingForm;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The frozen graph of one model and one plan, with its session. Thread-safe.
 *
 * <p>Where logits are averaged, or there is one branch, the session gives the small logits alone
 * and {@link LogitsUpsampling} makes masks of them: TensorFlow's resize, argmax and top-k on
 * full-size logits cost more than a tenth of a MobileNet. Means of probabilities stay in the graph,
 * whose softmax is faster than Java's.
 */
final class PlanGraph implements CompiledPlan {
  private static final int MARGIN_STEP = SampledScores.STEP;
  private static final int CHANNELS = 3;

  private static final String INPUT = "network_input";

  /** TensorFlow's number for the thread that calls it. */
  private static final RunOptions ON_CALLER =
      RunOptions.newBuilder().setInterOpThreadPool(-1).build();

  private final Graph graph;
  private final Session session;
  private final int classes;
  private final boolean averagesLogits;
  private final int branches;

  /**
   * @param config how the session is opened
   * @param device on which the graph is placed, as {@link Devices} names it; blank: where
   *     TensorFlow wants
   */
  PlanGraph(
      ModelSpec spec,
      Weights weights,
      Plan plan,
      ServingForm form,
      ConfigProto config,
      String device) {
    classes = spec.taxonomy().size();
    branches = plan.branches();
    averagesLogits = PlanBranches.givesLogits(plan);
    boolean asBuilt = form == ServingForm.PLAIN_FLOAT32;
    boolean done = false;
    Graph built = new Graph();
    try {
      Ops tf = Ops.create(built);
      build(device.isBlank() ? tf : tf.withDevice(Devices.spec(device)), spec, weights, plan, form);
      graph =
          asBuilt ? built : form.imported(built, names(i -> INPUT + i), names(FrozenGraph::logits));
      session = new Session(graph, form.config(config));
      done = true;
    } finally {
      if (!done || !asBuilt) {
        built.close();
      }
    }
  }

  private Set<String> names(IntFunction<String> ofBranch) {
    return IntStream.range(0, branches).mapToObj(ofBranch).collect(Collectors.toSet());
  }

  private void build(Ops tf, ModelSpec spec, Weights weights, Plan plan, ServingForm form) {
    SegmentationModel model = SegmentationModel.of(spec.network());
    PlanBranches planned =
        new PlanBranches(
            tf, plan, spec.inputHeight(), spec.inputWidth(), model.backbone().stride());
    Layers layers = new FrozenLayers(tf, weights, form != ServingForm.PLAIN_FLOAT32);
    Operand<TUint8> frames =
        tf.withName(FrozenGraph.FRAMES)
            .placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, -1, CHANNELS)));
    AtomicInteger inputs = new AtomicInteger();
    List<Operand<TFloat32>> logits = new ArrayList<>();
    for (Operand<TFloat32> branch :
        planned.logits(
            frames,
            x ->
                model
                    .build(
                        layers,
                        tf.withName(INPUT + inputs.getAndIncrement())
                            .identity(normalisedRows(tf, x)))
                    .logits())) {
      logits.add(tf.withName(FrozenGraph.logits(logits.size())).identity(branch));
    }
    Operand<TInt32> size = Resampling.size(tf, frames);
    Operand<TFloat32> mean = planned.predict(logits, size);
    tf.withName(FrozenGraph.SCORES).identity(mean);
    Operand<TInt32> best = tf.math.argMax(mean, tf.constant(3), TInt32.class);
    tf.withName(FrozenGraph.MASKS).dtypes.cast(best, TUint8.class);
    tf.withName(FrozenGraph.MARGINS).identity(meanMargins(tf, mean));
    Operand<TFloat32> probabilities = averagesLogits ? tf.nn.softmax(mean) : mean;
    List<Operand<TFloat32>> scores =
        List.of(
            probabilities,
            entropy(tf, probabilities),
            gap(tf, probabilities),
            planned.variance(logits, size));
    for (int i = 0; i < scores.size(); i++) {
      tf.withName(FrozenGraph.PIXEL_SCORES.get(i)).identity(scores.get(i));
    }
  }

  /** Pixels 0 to 255 as the network's input. */
  static Operand<TFloat32> normalised(Ops tf, Operand<TFloat32> pixels) {
    return normalised(tf, pixels, 1);
  }

  /**
   * The same for images of a known size: whole rows at a time, because TensorFlow takes several
   * times as long to spread three channels over pixels as to spread a row over rows.
   */
  private static Operand<TFloat32> normalisedRows(Ops tf, Operand<TFloat32> pixels) {
    int height = Math.toIntExact(pixels.shape().get(1));
    int width = Math.toIntExact(pixels.shape().get(2));
    Operand<TFloat32> rows = tf.reshape(pixels, tf.constant(new int[] {-1, width * CHANNELS}));
    return tf.reshape(
        normalised(tf, rows, width), tf.constant(new int[] {-1, height, width, CHANNELS}));
  }

  /** The last dimension holds the channels of {@code pixels} pixels. */
  private static Operand<TFloat32> normalised(Ops tf, Operand<TFloat32> values, int pixels) {
    float[] means = ImageNormalization.mean();
    float[] deviations = ImageNormalization.standardDeviation();
    float[] mean = new float[pixels * CHANNELS];
    float[] reciprocal = new float[mean.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = means[i % CHANNELS];
      reciprocal[i] = 1 / deviations[i % CHANNELS];
    }
    return tf.math.mul(tf.math.sub(values, tf.constant(mean)), tf.constant(reciprocal));
  }

  private Operand<TFloat32> meanMargins(Ops tf, Operand<TFloat32> mean) {
    Operand<TFloat32> thinned =
        tf.stridedSlice(
            mean,
            tf.constant(new int[4]),
            tf.shape(mean),
            tf.constant(new int[] {1, MARGIN_STEP, MARGIN_STEP, 1}));
    Operand<TFloat32> probabilities = averagesLogits ? tf.nn.softmax(thinned) : thinned;
    return tf.math.mean(gap(tf, probabilities), tf.constant(new int[] {1, 2}));
  }

  /** The gap between the two largest values of the last dimension. */
  private Operand<TFloat32> gap(Ops tf, Operand<TFloat32> probabilities) {
    if (classes == 1) {
      return tf.squeeze(probabilities, org.tensorflow.op.core.Squeeze.axis(List.of(3L)));
    }
    Operand<TFloat32> best = tf.nn.topK(probabilities, tf.constant(2), TInt32.class).values();
    List<Operand<TFloat32>> pair = List.copyOf(tf.unstack(best, 2L, Unstack.axis(3L)).output());
    return tf.math.sub(pair.get(0), pair.get(1));
  }

  /** −Σ p · log p; a probability of 0 counts as the smallest normal number. */
  private static Operand<TFloat32> entropy(Ops tf, Operand<TFloat32> probabilities) {
    Operand<TFloat32> logarithms =
        tf.math.log(tf.math.maximum(probabilities, tf.constant(Float.MIN_NORMAL)));
    return tf.math.neg(tf.reduceSum(tf.math.mul(probabilities, logarithms), tf.constant(3)));
  }

  FrozenGraph frozen() {
    return new FrozenGraph(graph.toGraphDef());
  }

  @Override
  public Segmentation run(ByteBuffer rgb, int batch, int height, int width) {
    return run(session.runner(), rgb, batch, height, width);
  }

  /** Parts of large operations are left to TensorFlow's pool, whose threads are the process's. */
  @Override
  public Segmentation runOnCaller(ByteBuffer rgb, int batch, int height, int width) {
    return run(session.runner().setOptions(ON_CALLER), rgb, batch, height, width);
  }

  private Segmentation run(
      Session.Runner runner, ByteBuffer rgb, int batch, int height, int width) {
    try (TUint8 fed = tensor(rgb, batch, height, width)) {
      runner.feed(FrozenGraph.FRAMES, fed);
      return averagesLogits
          ? upsampled(runner, batch, height, width)
          : inGraph(runner, batch, height, width);
    }
  }

  @Override
  public PixelScores pixelScores(ByteBuffer rgb, int batch, int height, int width) {
    try (TUint8 fed = tensor(rgb, batch, height, width)) {
      Session.Runner runner = session.runner().feed(FrozenGraph.FRAMES, fed);
      FrozenGraph.PIXEL_SCORES.forEach(runner::fetch);
      try (Result result = runner.run()) {
        return new PixelScores(
            batch,
            height * width,
            classes,
            floats(result.get(0)),
            floats(result.get(1)),
            floats(result.get(2)),
            floats(result.get(3)));
      }
    }
  }

  private static TUint8 tensor(ByteBuffer rgb, int batch, int height, int width) {
    int size = Math.multiplyExact(Math.multiplyExact(batch, height), width * CHANNELS);
    Shape shape = Shape.of(batch, height, width, CHANNELS);
    return TUint8.tensorOf(shape, DataBuffers.of(rgb.slice(rgb.position(), size)));
  }

  private Segmentation upsampled(Session.Runner runner, int batch, int height, int width) {
    fetchLogits(runner);
    List<LogitsUpsampling.Branch> small;
    try (Result result = runner.run()) {
      small = branches(result);
    }
    return new LogitsUpsampling(batch, height, width, classes).masks(small);
  }

  private Segmentation inGraph(Session.Runner runner, int batch, int height, int width) {
    fetchLogits(runner);
    byte[] indices = new byte[Math.multiplyExact(batch, height * width)];
    List<LogitsUpsampling.Branch> small;
    try (Result result = runner.fetch(FrozenGraph.MASKS).run()) {
      small = branches(result);
      ((TUint8) result.get(branches)).asRawTensor().data().read(indices);
    }
    SampledScores scores =
        SampledScores.of(batch, height, width, classes, small, Averaging.PROBABILITIES);
    return new MaskBatch(indices, scores, height * width);
  }

  private void fetchLogits(Session.Runner runner) {
    for (int i = 0; i < branches; i++) {
      runner.fetch(FrozenGraph.logits(i));
    }
  }

  /** The logits of each branch, which were fetched first. */
  private List<LogitsUpsampling.Branch> branches(Result result) {
    List<LogitsUpsampling.Branch> maps = new ArrayList<>();
    for (int i = 0; i < branches; i++) {
      TFloat32 small = (TFloat32) result.get(i);
      Shape shape = small.shape();
      maps.add(new LogitsUpsampling.Branch(floats(small), (int) shape.get(1), (int) shape.get(2)));
    }
    return maps;
  }

  private static float[] floats(Tensor tensor) {
    return Weights.Tensor.copyOf((TFloat32) tensor).values();
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}

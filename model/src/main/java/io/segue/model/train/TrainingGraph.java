package io.segue.model.train;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.data.Size;
import io.segue.model.layer.VariableLayers;
import io.segue.model.layer.VariableStore;
import io.segue.model.loss.Loss;
import io.segue.model.loss.MaskScoringLoss;
import io.segue.model.loss.SegmentationLoss;
import io.segue.model.network.SegmentationModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;

/**
 * A network with loss, gradients and update in one graph, and the session that holds its weights.
 */
final class TrainingGraph implements TrainingStep, AutoCloseable {
  private static final int PEAKS = 3;

  private final Graph graph = new Graph();
  private final Session session;
  private final Size input;
  private final VariableStore store;
  private final Placeholder<TFloat32> images;
  private final Placeholder<TFloat32> labels;
  private final Operand<TFloat32> loss;
  private final GradientStep step;
  private final List<Op> statistics;
  private final Op initializer;
  private final Saver saver;

  private TrainingGraph(
      SegmentationModelConfig network,
      Size input,
      Loss minimised,
      TrainingOptions options,
      int ignored,
      ConfigProto config) {
    this.input = input;
    Ops tf = Ops.create(graph);
    store = new VariableStore(tf, options.seed());
    images = map(tf, input, 3);
    labels = map(tf, input, 1);
    VariableLayers layers = VariableLayers.training(tf, store);
    SegmentationModel.Outputs outputs = SegmentationModel.of(network).build(layers, images);
    Operand<TFloat32> data =
        withScores(tf, minimised.value(tf, outputs.logits(), labels), outputs, options, ignored);
    Objective objective =
        new Objective(graph, store, data, options.lossWeight(), options.l2WeightDecay());
    loss = objective.total();
    step =
        new GradientStep(
            tf,
            store,
            options.optimizer(),
            options.average(),
            objective.parameters(),
            objective.gradients());
    statistics = layers.updates();
    initializer = store.initializer();
    saver = new Saver(tf, store);
    session = new Session(graph, config);
  }

  /** The graph that trains {@code spec}'s network; its variables have no values yet. */
  static TrainingGraph of(ModelSpec spec, TrainingOptions options, ConfigProto config) {
    SegmentationModelConfig network =
        options.bnMomentum().isPresent()
            ? withMomentum(spec.network(), options.bnMomentum().getAsDouble())
            : spec.network();
    return new TrainingGraph(
        network,
        options.crop().orElseGet(() -> new Size(spec.inputHeight(), spec.inputWidth())),
        options.loss().orElseGet(() -> SegmentationLoss.ignoring(spec.taxonomy().ignoreValue())),
        options,
        spec.taxonomy().ignoreValue(),
        config);
  }

  /** The loss, with that of the mask-scoring head if the network has one. */
  private Operand<TFloat32> withScores(
      Ops tf,
      Operand<TFloat32> loss,
      SegmentationModel.Outputs outputs,
      TrainingOptions options,
      int ignored) {
    if (outputs.maskScores().isEmpty() || options.maskScoringWeight() == 0) {
      return loss;
    }
    Operand<TFloat32> scores =
        new MaskScoringLoss(ignored)
            .value(tf, outputs.maskScores().get(), outputs.logits(), labels);
    return tf.math.add(loss, tf.math.mul(tf.constant((float) options.maskScoringWeight()), scores));
  }

  private static SegmentationModelConfig withMomentum(SegmentationModelConfig it, double momentum) {
    return new SegmentationModelConfig(
        it.numClasses(),
        it.inputSize(),
        it.minLevel(),
        it.maxLevel(),
        it.head(),
        it.backbone(),
        it.decoder(),
        it.maskScoringHead(),
        it.normActivation().withNormMomentum(momentum));
  }

  private static Placeholder<TFloat32> map(Ops tf, Size size, int channels) {
    return tf.placeholder(
        TFloat32.class, Placeholder.shape(Shape.of(-1, size.height(), size.width(), channels)));
  }

  /** The graph and the names of what a step feeds, fetches and runs. */
  StepGraph definition() {
    List<String> targets = new ArrayList<>();
    targets.add(step.apply().op().name());
    statistics.forEach(it -> targets.add(it.op().name()));
    return new StepGraph(
        graph.toGraphDef(),
        initializer.op().name(),
        images.op().name(),
        labels.op().name(),
        step.scalarNames(),
        loss.op().name(),
        targets);
  }

  void initialize() {
    session.runner().addTarget(initializer).run().close();
  }

  /** Size of the images that an update takes. */
  Size input() {
    return input;
  }

  /** Sets the variables that {@code weights} names; the others keep their values. */
  void load(Weights weights) {
    store.load(session, weights);
  }

  /** Writes all variables, the optimiser's included, to a TensorFlow checkpoint. */
  void save(Path file) {
    saver.save(session, file);
  }

  /** Sets all variables from what {@link #save} wrote. */
  void restore(Path file) {
    saver.restore(session, file);
  }

  /** All variables, the optimiser's included. */
  Weights weights() {
    return store.read(session);
  }

  /** The network's variables, with their moving averages where there are some. */
  Weights exportedWeights() {
    Weights all = weights();
    Map<String, Weights.Tensor> network = new LinkedHashMap<>();
    all.tensors()
        .forEach(
            (key, tensor) -> {
              if (!SlotVariables.isSlot(key)) {
                String average = SlotVariables.key(key, MovingAverage.SLOT);
                network.put(key, all.tensors().getOrDefault(average, tensor));
              }
            });
    return Weights.of(network);
  }

  @Override
  public float update(
      TFloat32 image, TFloat32 label, double rate, long number, double averageDecay) {
    try (Result result =
        run(image, label, rate, number, averageDecay, RunOptions.TraceLevel.NO_TRACE)) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }

  private Result run(
      TFloat32 image,
      TFloat32 label,
      double rate,
      long number,
      double averageDecay,
      RunOptions.TraceLevel trace) {
    Session.Runner runner = session.runner();
    if (trace != RunOptions.TraceLevel.NO_TRACE) {
      runner.setOptions(RunOptions.newBuilder().setTraceLevel(trace).build());
    }
    try (TFloat32 learningRate = TFloat32.scalarOf((float) rate);
        TFloat32 updateNumber = TFloat32.scalarOf((float) number);
        TFloat32 decay = TFloat32.scalarOf((float) averageDecay)) {
      step.addTo(runner, learningRate, updateNumber, decay);
      statistics.forEach(runner::addTarget);
      runner.feed(images, image).feed(labels, label).fetch(loss);
      return trace == RunOptions.TraceLevel.NO_TRACE ? runner.run() : runner.runAndFetchMetadata();
    }
  }

  /**
   * What an update takes, measured with updates of one and of two images; the weights are of no use
   * afterwards.
   */
  MemoryEstimate memory() {
    return MemoryEstimate.between(highestPeak(1), highestPeak(2));
  }

  /** Operations run in another order each time, and what is held at once varies with it. */
  private long highestPeak(int batch) {
    return IntStream.range(0, PEAKS).mapToLong(i -> peak(batch)).max().orElseThrow();
  }

  private long peak(int batch) {
    Shape image = Shape.of(batch, input.height(), input.width(), 3);
    Shape label = Shape.of(batch, input.height(), input.width(), 1);
    try (TFloat32 blank = TFloat32.tensorOf(image);
        TFloat32 ground = TFloat32.tensorOf(label);
        Result result = run(blank, ground, 0, 1, 0, RunOptions.TraceLevel.FULL_TRACE)) {
      return MemoryEstimate.peak(result.getMetadata().orElseThrow());
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}

package io.segue.model.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.Filler;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.GoldenTensor;
import io.segue.model.golden.Sessions;
import io.segue.model.golden.Tolerance;
import io.segue.model.layer.NetworkVariable;
import io.segue.model.layer.VariableLayers;
import io.segue.model.layer.VariableStore;
import io.segue.model.loss.MaskScoringLoss;
import io.segue.model.loss.SegmentationLoss;
import io.segue.model.network.SegmentationModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Whole training runs: losses, gradients, weights and statistics, step by step. */
public final class ParityFixture extends FixtureKind {

  @Override
  public String name() {
    return "parity";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    try (Run run = new Run(fixture, comparison)) {
      run.compare();
    }
  }

  private static final class Run implements AutoCloseable {
    private final GoldenCase fixture;
    private final Comparison comparison;
    private final OptimizerConfig optimization;
    private final Graph graph = new Graph();
    private final VariableStore store;
    private final Placeholder<TFloat32> images;
    private final Placeholder<TFloat32> labels;
    private final Operand<TFloat32> trainingLogits;
    private final Operand<TFloat32> inferenceLogits;
    private final Operand<TFloat32> segmentation;
    private final Objective objective;
    private final GradientStep step;
    private final VariableLayers training;
    private final Session session;

    Run(GoldenCase fixture, Comparison comparison) {
      this.fixture = fixture;
      this.comparison = comparison;
      this.optimization = OptimizerConfig.parse(fixture.json().get("optimization").toString());
      JsonNode losses = fixture.json().at("/task/losses");
      SegmentationModel model =
          SegmentationModel.of(
              SegmentationModelConfig.parse(fixture.json().at("/task/model").toString()));
      Ops tf = Ops.create(graph);
      store = new VariableStore(tf, 1);
      Shape truth = fixture.tensor("batch0.labels").shape();
      labels = tf.placeholder(TFloat32.class, Placeholder.shape(truth));
      images =
          tf.placeholder(
              TFloat32.class,
              Placeholder.shape(Shape.of(truth.get(0), truth.get(1), truth.get(2), 3)));
      training = VariableLayers.training(tf, store);
      SegmentationModel.Outputs outputs = model.build(training, images);
      trainingLogits = outputs.logits();
      inferenceLogits = model.build(VariableLayers.evaluation(tf, store), images).logits();
      segmentation = loss(losses).value(tf, trainingLogits, labels);
      objective =
          new Objective(
              graph,
              store,
              withMaskScoring(tf, losses, outputs),
              losses.path("loss_weight").asDouble(1),
              losses.path("l2_weight_decay").asDouble(0));
      step =
          new GradientStep(
              tf,
              store,
              optimization.optimizer(),
              optimization.average(),
              objective.parameters(),
              objective.gradients());
      session = Sessions.open(graph);
    }

    /** The segmentation loss, and the weighted loss of the predicted scores where there are any. */
    private Operand<TFloat32> withMaskScoring(
        Ops tf, JsonNode losses, SegmentationModel.Outputs outputs) {
      MaskScoringLoss scoring = new MaskScoringLoss(losses.path("ignore_label").asInt(255));
      float weight = (float) losses.path("mask_scoring_weight").asDouble(1);
      return outputs
          .maskScores()
          .map(scores -> scoring.value(tf, scores, trainingLogits, labels))
          .<Operand<TFloat32>>map(
              value -> tf.math.add(segmentation, tf.math.mul(tf.constant(weight), value)))
          .orElse(segmentation);
    }

    private static SegmentationLoss loss(JsonNode losses) {
      List<Double> weights = new ArrayList<>();
      losses.path("class_weights").forEach(weight -> weights.add(weight.asDouble()));
      return new SegmentationLoss(
          losses.path("label_smoothing").asDouble(0),
          weights,
          losses.path("ignore_label").asInt(255),
          losses.path("use_groundtruth_dimension").asBoolean(true),
          losses.path("use_binary_cross_entropy").asBoolean(false),
          losses.path("top_k_percent_pixels").asDouble(1),
          false);
    }

    void compare() {
      session.runner().addTarget(store.initializer()).run().close();
      store.load(session, filled());
      logits("initial_inference_logits");
      int steps = fixture.json().get("steps").asInt();
      for (int t = 0; t < steps; t++) {
        update(t);
      }
      logits("final_inference_logits");
      Weights last = store.read(session);
      JsonNode variables = fixture.json().get("variables");
      double[] norms = new double[variables.size()];
      Arrays.setAll(norms, i -> norm(values(last, variables.get(i).get("key").asText())));
      whole("final_variable_norms", norms);
      JsonNode statistics = fixture.json().get("batch_norm_layers");
      for (int n = 0; n < statistics.size(); n++) {
        for (String leaf : List.of("moving_mean", "moving_variance")) {
          float[] values = values(last, statistics.get(n).asText() + "/" + leaf);
          whole("bn" + n + "." + leaf, doubles(values));
        }
      }
    }

    private Weights filled() {
      Map<String, Weights.Tensor> weights = new LinkedHashMap<>();
      for (NetworkVariable variable : store.variables()) {
        if (!SlotVariables.isSlot(variable.key())) {
          weights.put(
              variable.key(),
              new Weights.Tensor(
                  variable.shape(), Filler.weight(variable.key(), variable.shape(), 1)));
        }
      }
      return Weights.of(weights);
    }

    private void logits(String name) {
      try (TFloat32 image = image(0);
          Result result = session.runner().feed(images, image).fetch(inferenceLogits).run()) {
        whole(name, doubles(floats(result, 0)));
      }
    }

    private void update(int t) {
      int batches = fixture.json().get("batches").asInt();
      double rate = optimization.schedule().at(t);
      Session.Runner runner = session.runner();
      try (TFloat32 image = image(t % batches);
          TFloat32 label = label(t % batches);
          TFloat32 learningRate = TFloat32.scalarOf((float) rate);
          TFloat32 number = TFloat32.scalarOf((float) t + 1);
          TFloat32 decay = TFloat32.scalarOf(0f)) {
        step.addTo(runner, learningRate, number, decay);
        training.updates().forEach(runner::addTarget);
        runner
            .feed(images, image)
            .feed(labels, label)
            .fetch(segmentation)
            .fetch(objective.decay())
            .fetch(objective.total())
            .fetch(trainingLogits);
        objective.gradients().forEach(runner::fetch);
        try (Result result = runner.run()) {
          check(t, rate, result);
        }
      }
    }

    private void check(int t, double rate, Result result) {
      logged("log.segmentation", t, floats(result, 0)[0]);
      logged("log.regularization", t, floats(result, 1)[0]);
      logged("log.total", t, floats(result, 2)[0]);
      comparison.number(
          "log.learning_rate",
          rate,
          fixture.tensor("log.learning_rate").values()[t],
          new Tolerance(1e-9, 1e-6));
      if (t == 0) {
        whole("first_training_logits", doubles(floats(result, 3)));
      }
      Map<String, Double> norms = new HashMap<>();
      double squares = 0;
      for (int i = 0; i < objective.gradients().size(); i++) {
        double norm = norm(floats(result, 4 + i));
        norms.put(objective.parameters().get(i).key(), norm);
        squares += norm * norm;
      }
      logged("log.gradient_norm", t, Math.sqrt(squares));
      if (t == 0 || t == 2) {
        JsonNode keys = fixture.json().get("gradient_keys");
        double[] inOrder = new double[keys.size()];
        Arrays.setAll(inOrder, i -> norms.getOrDefault(keys.get(i).asText(), -1.0));
        whole(t == 0 ? "first_gradient_norms" : "third_gradient_norms", inOrder);
      }
    }

    private void logged(String name, int t, double actual) {
      double share = fixture.json().at("/tolerance/relative").get(name).get(t).asDouble();
      comparison.number(
          name + "[" + t + "]", actual, fixture.tensor(name).values()[t], new Tolerance(0, share));
    }

    /** Compares relative to the largest value of the array. */
    private void whole(String name, double[] actual) {
      GoldenTensor expected = fixture.tensor(name);
      double largest = Arrays.stream(expected.values()).map(Math::abs).max().orElse(0);
      double share = fixture.json().at("/tolerance/relative").get(name).asDouble();
      comparison.array(name, actual, expected.values(), new Tolerance(share * largest, 0));
    }

    private TFloat32 image(int batch) {
      String name = fixture.directory().getFileName() + "/image/" + batch;
      float[] values = Filler.input(name, images.shape(), -1, 1);
      GoldenTensor truth = fixture.tensor("batch" + batch + ".labels");
      for (int i = 0; i < values.length; i++) {
        int label = (int) truth.values()[i / 3];
        values[i] += label == 255 ? 0 : (float) (0.3 * label);
      }
      return TFloat32.tensorOf(images.shape(), DataBuffers.of(values));
    }

    private TFloat32 label(int batch) {
      GoldenTensor truth = fixture.tensor("batch" + batch + ".labels");
      return TFloat32.tensorOf(truth.shape(), DataBuffers.of(truth.floats()));
    }

    private static float[] floats(Result result, int index) {
      TFloat32 tensor = (TFloat32) result.get(index);
      float[] values = new float[(int) tensor.size()];
      tensor.asRawTensor().data().asFloats().read(values);
      return values;
    }

    private static float[] values(Weights weights, String key) {
      return weights.tensors().get(key).values();
    }

    private static double[] doubles(float[] values) {
      double[] doubles = new double[values.length];
      Arrays.setAll(doubles, i -> values[i]);
      return doubles;
    }

    private static double norm(float[] values) {
      return Math.sqrt(Arrays.stream(doubles(values)).map(value -> value * value).sum());
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }
}

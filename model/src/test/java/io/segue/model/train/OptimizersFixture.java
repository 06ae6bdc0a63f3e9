package io.segue.model.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.checkpoint.Weights;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.GoldenTensor;
import io.segue.model.layer.Initializer;
import io.segue.model.layer.NetworkVariable;
import io.segue.model.layer.VariableStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Weights after each update with given gradients, slots and averages included. */
public final class OptimizersFixture extends FixtureKind {

  @Override
  public String name() {
    return "optimizers";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    for (JsonNode variant : fixture.json().get("variants")) {
      new Variant(fixture, comparison, variant).compare();
    }
  }

  private static final class Variant {
    private final GoldenCase fixture;
    private final Comparison comparison;
    private final JsonNode variant;
    private final String id;
    private final OptimizerConfig config;
    private final List<String> names = new ArrayList<>();

    Variant(GoldenCase fixture, Comparison comparison, JsonNode variant) {
      this.fixture = fixture;
      this.comparison = comparison;
      this.variant = variant;
      this.id = variant.get("id").asText();
      this.config = OptimizerConfig.parse(variant.get("config").toString());
      fixture.json().get("variables").forEach(it -> names.add(it.get("name").asText()));
    }

    void compare() {
      try (Graph graph = new Graph()) {
        Ops tf = Ops.create(graph);
        VariableStore store = new VariableStore(tf, 1);
        List<NetworkVariable> parameters = new ArrayList<>();
        List<Placeholder<TFloat32>> gradients = new ArrayList<>();
        for (JsonNode variable : fixture.json().get("variables")) {
          Shape shape = shape(variable.get("shape"));
          parameters.add(
              store.variable(variable.get("name").asText(), shape, Initializer.ZEROS, true, false));
          gradients.add(tf.placeholder(TFloat32.class, Placeholder.shape(shape)));
        }
        GradientStep step =
            new GradientStep(
                tf,
                store,
                config.optimizer(),
                config.average(),
                parameters,
                List.<Operand<TFloat32>>copyOf(gradients));
        try (Session session = new Session(graph)) {
          session.runner().addTarget(store.initializer()).run().close();
          store.load(session, initialWeights());
          run(session, store, step, gradients);
        }
      }
    }

    private Weights initialWeights() {
      Map<String, Weights.Tensor> weights = new LinkedHashMap<>();
      for (String name : names) {
        GoldenTensor initial = fixture.tensor("init." + name);
        weights.put(name, new Weights.Tensor(initial.shape(), initial.floats()));
      }
      return Weights.of(weights);
    }

    private void run(
        Session session,
        VariableStore store,
        GradientStep step,
        List<Placeholder<TFloat32>> gradients) {
      int steps = variant.get("iterations").asInt();
      for (int t = 0; t < steps; t++) {
        update(session, step, gradients, t);
        Weights weights = store.read(session);
        for (String name : names) {
          check(weights, name, id + "." + name, t);
          if (config.average().isPresent()) {
            check(weights, SlotVariables.key(name, MovingAverage.SLOT), id + ".average." + name, t);
          }
        }
      }
      Weights last = store.read(session);
      variant
          .get("slots")
          .properties()
          .forEach(
              slot -> {
                for (String name : names) {
                  String array = slot.getValue().asText().replace("<variable>", name);
                  comparison.array(
                      array,
                      values(last, SlotVariables.key(name, ours(slot.getKey()))),
                      fixture.tensor(array),
                      fixture.tolerance());
                }
              });
    }

    /** Keras' own AdamW names the same slots differently. */
    private static String ours(String slot) {
      return switch (slot) {
        case "momentums" -> "m";
        case "velocities" -> "v";
        default -> slot;
      };
    }

    private void check(Weights weights, String key, String array, int step) {
      comparison.array(
          array + " after " + (step + 1),
          values(weights, key),
          fixture.tensor(array).row(step),
          fixture.tolerance());
    }

    private static float[] values(Weights weights, String key) {
      return weights.tensors().get(key).values();
    }

    private void update(
        Session session, GradientStep step, List<Placeholder<TFloat32>> gradients, int t) {
      List<TFloat32> fed = new ArrayList<>();
      double decay = config.average().map(average -> average.decayAt(t + 1)).orElse(0.0);
      try (TFloat32 rate = TFloat32.scalarOf((float) config.schedule().at(t));
          TFloat32 number = TFloat32.scalarOf((float) t + 1);
          TFloat32 averageDecay = TFloat32.scalarOf((float) decay)) {
        Session.Runner runner = session.runner();
        for (int i = 0; i < names.size(); i++) {
          GoldenTensor gradient = fixture.tensor("grad." + names.get(i)).row(t);
          TFloat32 tensor = TFloat32.tensorOf(gradient.shape(), DataBuffers.of(gradient.floats()));
          fed.add(tensor);
          runner.feed(gradients.get(i), tensor);
        }
        step.addTo(runner, rate, number, averageDecay);
        runner.run().close();
      } finally {
        fed.forEach(TFloat32::close);
      }
    }

    private static Shape shape(JsonNode sizes) {
      return Shape.of(
          StreamSupport.stream(sizes.spliterator(), false).mapToLong(JsonNode::asLong).toArray());
    }
  }
}

package io.segue.model.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.checkpoint.Weights;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.layer.NetworkVariable;
import io.segue.model.layer.VariableLayers;
import io.segue.model.layer.VariableStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Primitives, blocks, backbones, decoders, heads and whole networks: outputs, gradients and moving
 * statistics of the training graph; outputs of the serving graph too.
 */
final class ModuleKind implements GoldenKind {
  @Override
  public Set<String> names() {
    return Set.of("primitive", "block", "backbone", "decoder", "head", "model");
  }

  @Override
  public void compare(Fixture fixture, Deviations deviations) {
    switch (fixture.name()) {
      case "primitive_filler" -> FillerCase.compare(fixture, deviations);
      case "primitive_arithmetic" -> ArithmeticCase.compare(fixture, deviations);
      default -> new Comparison(fixture, deviations).run();
    }
  }

  private record Comparison(
      Fixture fixture, JsonNode json, Map<String, NpyArray> tensors, Deviations deviations) {
    Comparison(Fixture fixture, Deviations deviations) {
      this(fixture, fixture.description(), fixture.tensors(), deviations);
    }

    void run() {
      Weights weights = weights();
      compareVariableGraph(weights);
      if (!json.path("training").asBoolean()) {
        compareFrozenGraph(weights);
      }
    }

    private Weights weights() {
      Map<String, Weights.Tensor> filled = new LinkedHashMap<>();
      double gain = json.path("kernel_gain").asDouble(1);
      fixture
          .variables()
          .forEach(
              (key, sizes) -> {
                Shape shape = Shape.of(sizes);
                filled.put(key, new Weights.Tensor(shape, Filler.weight(key, shape, gain)));
              });
      return Weights.of(filled);
    }

    private void compareVariableGraph(Weights weights) {
      try (Graph graph = new Graph()) {
        Ops tf = Ops.create(graph);
        VariableStore store = new VariableStore(tf, 1);
        VariableLayers layers =
            json.path("training").asBoolean()
                ? VariableLayers.training(tf, store)
                : VariableLayers.evaluation(tf, store);
        Map<String, Placeholder<TFloat32>> inputs = inputs(tf);
        Map<String, Operand<TFloat32>> outputs = ReferenceModule.build(json, layers, inputs);
        assertThat(shapes(store)).as("variables").isEqualTo(shapes(weights));
        Map<String, Operand<TFloat32>> fetched = new LinkedHashMap<>();
        outputs.forEach((name, output) -> fetched.put(name, tf.identity(output)));
        gradients(graph, tf, store, inputs, outputs).forEach((k, g) -> fetched.put("d/" + k, g));
        try (Session session = Sessions.open(graph)) {
          store.load(session, weights);
          Map<String, double[]> values = run(session, inputs, fetched);
          compareAll("outputs", "", values);
          compareAll("gradients", "d/", values);
          compareUpdates(session, layers, store, inputs);
        }
      }
    }

    private void compareUpdates(
        Session session,
        VariableLayers layers,
        VariableStore store,
        Map<String, Placeholder<TFloat32>> inputs) {
      if (!json.has("updated")) {
        assertThat(layers.updates()).as("updates").isEmpty();
        return;
      }
      List<TFloat32> fed = new ArrayList<>();
      if (!layers.updates().isEmpty()) {
        Session.Runner runner = session.runner();
        feed(runner, inputs, fed);
        layers.updates().forEach(runner::addTarget);
        runner.run().close();
        fed.forEach(TFloat32::close);
      }
      Map<String, double[]> values = new LinkedHashMap<>();
      store
          .read(session)
          .tensors()
          .forEach((key, tensor) -> values.put(key, Deviations.doubles(tensor.values())));
      compareAll("updated", "", values);
    }

    private void compareFrozenGraph(Weights weights) {
      try (Graph graph = new Graph()) {
        Ops tf = Ops.create(graph);
        Map<String, Placeholder<TFloat32>> inputs = inputs(tf);
        Map<String, Operand<TFloat32>> outputs =
            ReferenceModule.build(json, new FrozenLayers(tf, weights), inputs);
        Map<String, Operand<TFloat32>> fetched = new LinkedHashMap<>();
        outputs.forEach((name, output) -> fetched.put(name, tf.identity(output)));
        try (Session session = Sessions.open(graph)) {
          compareAll("outputs", "", run(session, inputs, fetched));
        }
      }
    }

    private Map<String, Placeholder<TFloat32>> inputs(Ops tf) {
      Map<String, Placeholder<TFloat32>> inputs = new LinkedHashMap<>();
      json.path("inputs")
          .properties()
          .forEach(
              it -> {
                Shape shape = Shape.of(Fixture.longs(it.getValue().path("shape")));
                inputs.put(it.getKey(), tf.placeholder(TFloat32.class, Placeholder.shape(shape)));
              });
      return inputs;
    }

    private Map<String, Operand<TFloat32>> gradients(
        Graph graph,
        Ops tf,
        VariableStore store,
        Map<String, Placeholder<TFloat32>> inputs,
        Map<String, Operand<TFloat32>> outputs) {
      Map<String, Operand<TFloat32>> sources = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : json.path("gradients").properties()) {
        String key = entry.getKey();
        sources.put(key, inputs.containsKey(key) ? inputs.get(key) : variable(store, key).value());
      }
      if (sources.isEmpty()) {
        return Map.of();
      }
      List<Operand<TFloat32>> terms = new ArrayList<>();
      outputs.forEach(
          (name, output) -> {
            Shape shape = Shape.of(Fixture.longs(json.path("outputs").path(name).path("shape")));
            float[] cotangent = Filler.input("cotangent/" + name, shape, -1, 1);
            Operand<TFloat32> product =
                tf.math.mul(output, tf.constant(shape, DataBuffers.of(cotangent)));
            terms.add(
                tf.reduceSum(tf.reshape(product, tf.constant(new int[] {-1})), tf.constant(0)));
          });
      Operand<TFloat32> loss = tf.math.addN(terms);
      Set<GraphOperation> reached = graph.subgraphTo(Set.of(loss));
      Map<String, Operand<TFloat32>> gradients = new LinkedHashMap<>();
      sources
          .entrySet()
          .removeIf(
              it -> {
                boolean unreached = !reached.contains((GraphOperation) it.getValue().op());
                if (unreached) {
                  gradients.put(it.getKey(), tf.zerosLike(it.getValue()));
                }
                return unreached;
              });
      Output<?>[] found =
          graph.addGradients(
              loss.asOutput(),
              sources.values().stream().map(Operand::asOutput).toArray(Output<?>[]::new));
      int i = 0;
      for (String key : sources.keySet()) {
        @SuppressWarnings("unchecked")
        Operand<TFloat32> gradient = (Operand<TFloat32>) found[i++];
        gradients.put(key, connected(gradient) ? gradient : tf.zerosLike(sources.get(key)));
      }
      return gradients;
    }

    /** Whether there is a gradient at all: TensorFlow's stand-in for none has no operation. */
    private static boolean connected(Operand<TFloat32> gradient) {
      try {
        return gradient.shape() != null;
      } catch (IllegalStateException e) {
        return false;
      }
    }

    private NetworkVariable variable(VariableStore store, String key) {
      return store.variables().stream()
          .filter(it -> it.key().equals(key))
          .findFirst()
          .orElseThrow();
    }

    private Map<String, double[]> run(
        Session session,
        Map<String, Placeholder<TFloat32>> inputs,
        Map<String, Operand<TFloat32>> fetched) {
      List<TFloat32> fed = new ArrayList<>();
      Session.Runner runner = session.runner();
      feed(runner, inputs, fed);
      fetched.values().forEach(runner::fetch);
      Map<String, double[]> values = new LinkedHashMap<>();
      try (Result result = runner.run()) {
        int i = 0;
        for (String key : fetched.keySet()) {
          TFloat32 tensor = (TFloat32) result.get(i++);
          if (json.path("outputs").has(key)) {
            assertThat(tensor.shape())
                .as("shape of " + key)
                .isEqualTo(Shape.of(Fixture.longs(json.path("outputs").path(key).path("shape"))));
          }
          float[] copy = new float[Math.toIntExact(tensor.size())];
          tensor.asRawTensor().data().asFloats().read(copy);
          values.put(key, Deviations.doubles(copy));
        }
      } finally {
        fed.forEach(TFloat32::close);
      }
      return values;
    }

    private void feed(
        Session.Runner runner, Map<String, Placeholder<TFloat32>> inputs, List<TFloat32> fed) {
      inputs.forEach(
          (name, placeholder) -> {
            JsonNode input = json.path("inputs").path(name);
            Shape shape = Shape.of(Fixture.longs(input.path("shape")));
            float[] values =
                Filler.input(
                    name, shape, input.path("low").asDouble(-1), input.path("high").asDouble(1));
            TFloat32 tensor = TFloat32.tensorOf(shape, DataBuffers.of(values));
            fed.add(tensor);
            runner.feed(placeholder, tensor);
          });
    }

    private void compareAll(String group, String prefix, Map<String, double[]> values) {
      double relative =
          json.path(json.has(group + "_relative") ? group + "_relative" : "relative").asDouble();
      for (Map.Entry<String, JsonNode> entry : json.path(group).properties()) {
        String name = entry.getKey();
        double[] actual = values.get(prefix + name);
        assertThat(actual).as(group + " " + name).isNotNull();
        JsonNode stored = entry.getValue();
        NpyArray expected = tensors.get(stored.path("tensor").asText());
        int step = stored.path("step").asInt(1);
        assertThat((actual.length + step - 1) / step)
            .as("stored elements of " + name)
            .isEqualTo(expected.size());
        deviations.check(
            group + " " + name,
            expected.size(),
            i -> actual[i * step],
            expected::get,
            stored.path("absolute").asDouble(),
            stored.path("relative").asDouble(relative));
        compareMoments(group + " " + name, actual, stored, relative);
      }
    }

    private void compareMoments(String what, double[] actual, JsonNode stored, double relative) {
      if (!stored.has("mean")) {
        return;
      }
      double absolute = stored.path("absolute").asDouble();
      double sum = 0;
      double least = Double.POSITIVE_INFINITY;
      double largest = Double.NEGATIVE_INFINITY;
      for (double value : actual) {
        sum += value;
        least = Math.min(least, value);
        largest = Math.max(largest, value);
      }
      double mean = sum / actual.length;
      double squares = 0;
      for (double value : actual) {
        squares += (value - mean) * (value - mean);
      }
      double r = stored.path("relative").asDouble(relative);
      deviations.check(what + " mean", mean, stored.path("mean").asDouble(), absolute, r);
      deviations.check(what + " min", least, stored.path("min").asDouble(), absolute, r);
      deviations.check(what + " max", largest, stored.path("max").asDouble(), absolute, r);
      deviations.check(
          what + " std",
          Math.sqrt(squares / actual.length),
          stored.path("std").asDouble(),
          absolute,
          r);
    }

    private static Map<String, Shape> shapes(VariableStore store) {
      Map<String, Shape> shapes = new java.util.TreeMap<>();
      store.variables().forEach(it -> shapes.put(it.key(), it.shape()));
      return shapes;
    }

    private static Map<String, Shape> shapes(Weights weights) {
      Map<String, Shape> shapes = new java.util.TreeMap<>();
      weights.tensors().forEach((key, tensor) -> shapes.put(key, tensor.shape()));
      return shapes;
    }
  }
}

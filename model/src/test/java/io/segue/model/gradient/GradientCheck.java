package io.segue.model.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.checkpoint.Weights;
import io.segue.model.golden.Filler;
import io.segue.model.layer.NetworkVariable;
import io.segue.model.layer.VariableStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.types.TFloat32;

/**
 * Compares gradients with five-point differences: for each group of weights along one random
 * direction, in which each weight moves by its tensor's own size.
 *
 * <p>Float32 leaves about 1e-6 of the loss in a difference; divided by the step that is 1e-4 of a
 * slope. A piecewise activation bends between the points of some units, which costs about the step
 * itself, and more in a narrow layer, where one unit is a large part of the slope; so a slope that
 * does not agree is compared again at a tenth of the step, where fewer units bend. An error of the
 * gradient stays as it is. The silently wrong gradient of a dilations attribute is off by more than
 * its own size.
 *
 * @param steps of the difference, as shares of a tensor's root mean square; one has to agree
 * @param tolerance of a slope, as a share of what it is when all its terms have signs of their own:
 *     the root of the sum of their squares (or a tenth of the largest of these, for small ones)
 * @param byLayer one direction for all tensors of a layer instead of one for each tensor
 * @param freshSessions every value from a session of its own, so that all draw the same numbers;
 *     one direction for all tensors
 */
public record GradientCheck(
    List<Double> steps, double tolerance, boolean byLayer, boolean freshSessions) {
  private static final ConfigProto AS_WRITTEN = config();

  /** For functions without a kink. */
  public static final GradientCheck SMOOTH = new GradientCheck(List.of(1e-2), 1e-2, false, false);

  /** For functions that are smooth in pieces. */
  public static final GradientCheck IN_PIECES =
      new GradientCheck(List.of(1e-3, 1e-4), 3e-2, false, false);

  /** One direction for each layer of a whole network. */
  public GradientCheck ofLayers() {
    return new GradientCheck(steps, tolerance, true, freshSessions);
  }

  /** For layers that draw random numbers. */
  public GradientCheck ofDraws() {
    return new GradientCheck(steps, tolerance, byLayer, true);
  }

  /**
   * Compares.
   *
   * @param start where: values of variables; the others have their initial ones
   * @param variables those that the gradients belong to, in their order
   */
  public void compare(
      Graph graph,
      VariableStore store,
      Weights start,
      Operand<TFloat32> loss,
      List<NetworkVariable> variables,
      List<? extends Operand<?>> gradients) {
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < variables.size(); i++) {
      groups.computeIfAbsent(group(variables.get(i).key()), it -> new ArrayList<>()).add(i);
    }
    try (Values values = new Values(graph, store, start)) {
      List<float[]> derived = values.of(gradients);
      Map<String, Slope> slopes = new LinkedHashMap<>();
      groups.forEach(
          (group, members) -> {
            Slope slope = Slope.NONE;
            for (int i : members) {
              slope = slope.plus(derived.get(i), values.direction(variables.get(i)));
            }
            slopes.put(group, slope);
          });
      double largest = slopes.values().stream().mapToDouble(Slope::size).max().orElseThrow();
      assertThat(largest).as("no weight matters: %s", slopes).isGreaterThan(1e-4);
      groups.forEach(
          (group, members) -> {
            List<NetworkVariable> moved = members.stream().map(variables::get).toList();
            Slope slope = slopes.getOrDefault(group, Slope.NONE);
            double size = Math.max(slope.size(), 0.1 * largest);
            List<Double> differences = new ArrayList<>();
            double error = Double.POSITIVE_INFINITY;
            for (int i = 0; i < steps.size() && !(error < tolerance); i++) {
              differences.add(values.slope(loss, moved, steps.get(i)));
              error = Math.abs(slope.value() - differences.get(i)) / size;
            }
            assertThat(error)
                .as("%s: slope %s, differences %s", group, slope.value(), differences)
                .isLessThan(tolerance);
          });
    }
  }

  /** A sum of products, and the root of the sum of their squares. */
  private record Slope(double value, double squares) {
    static final Slope NONE = new Slope(0, 0);

    Slope plus(float[] gradient, float[] direction) {
      double sum = value;
      double square = squares;
      for (int i = 0; i < gradient.length; i++) {
        double product = (double) gradient[i] * direction[i];
        sum += product;
        square += product * product;
      }
      return new Slope(sum, square);
    }

    double size() {
      return Math.sqrt(squares);
    }
  }

  private static ConfigProto config() {
    ConfigProto.Builder config = ConfigProto.newBuilder();
    config.setIntraOpParallelismThreads(2).setInterOpParallelismThreads(1);
    config
        .getGraphOptionsBuilder()
        .getOptimizerOptionsBuilder()
        .setOptLevel(OptimizerOptions.Level.L0);
    config.getGraphOptionsBuilder().getRewriteOptionsBuilder().setDisableMetaOptimizer(true);
    return config.build();
  }

  /** {@code backbone/layer_with_weights-3} for all that lies below it. */
  private String group(String key) {
    if (freshSessions) {
      return "all weights";
    }
    if (!byLayer) {
      return key;
    }
    int second = key.indexOf('/', key.indexOf('/') + 1);
    return second < 0 ? key : key.substring(0, second);
  }

  /** The given values, and values that follow from their keys for all other variables. */
  public static Weights filled(VariableStore store, Map<String, float[]> given) {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    for (NetworkVariable it : store.variables()) {
      float[] values = given.get(it.key());
      if (values == null) {
        values = Filler.weight(it.key(), it.shape(), 1);
      }
      tensors.put(it.key(), new Weights.Tensor(it.shape(), values));
    }
    return Weights.of(tensors);
  }

  /** The values of operands at the start and beside it. */
  private final class Values implements AutoCloseable {
    private final Graph graph;
    private final VariableStore store;
    private final Weights start;
    private final Map<String, float[]> directions = new HashMap<>();
    private final Op initializer;
    private Session session;

    Values(Graph graph, VariableStore store, Weights start) {
      this.graph = graph;
      this.store = store;
      this.start = start;
      this.initializer = store.initializer();
      this.session = open();
    }

    private Session open() {
      Session opened = new Session(graph, AS_WRITTEN);
      if (start.keys().size() < store.variables().size()) {
        opened.runner().addTarget(initializer).run().close();
      }
      store.load(opened, start);
      return opened;
    }

    /** Numbers up to the root mean square of the variable's values. */
    float[] direction(NetworkVariable variable) {
      return directions.computeIfAbsent(
          variable.key(),
          key -> {
            double squares = 0;
            float[] values = start.get(key, variable.shape());
            for (float value : values) {
              squares += (double) value * value;
            }
            double size = Math.sqrt(squares / values.length);
            return Filler.input("direction/" + key, variable.shape(), -size, size);
          });
    }

    List<float[]> of(List<? extends Operand<?>> operands) {
      if (freshSessions) {
        session.close();
        session = open();
      }
      return run(operands);
    }

    private List<float[]> run(List<? extends Operand<?>> operands) {
      Session.Runner runner = session.runner();
      operands.forEach(runner::fetch);
      List<float[]> all = new ArrayList<>();
      try (Result result = runner.run()) {
        for (int i = 0; i < operands.size(); i++) {
          TFloat32 tensor = (TFloat32) result.get(i);
          float[] values = new float[(int) tensor.size()];
          tensor.asRawTensor().data().asFloats().read(values);
          all.add(values);
        }
      }
      return all;
    }

    /** The five-point difference: its error falls with the fourth power of the step. */
    double slope(Operand<TFloat32> loss, List<NetworkVariable> moved, double step) {
      double near = lossAt(loss, moved, step) - lossAt(loss, moved, -step);
      double far = lossAt(loss, moved, 2 * step) - lossAt(loss, moved, -2 * step);
      store.load(session, at(moved, 0));
      return (8 * near - far) / (12 * step);
    }

    private double lossAt(Operand<TFloat32> loss, List<NetworkVariable> moved, double by) {
      if (freshSessions) {
        session.close();
        session = open();
      }
      store.load(session, at(moved, by));
      return run(List.of(loss)).get(0)[0];
    }

    private Weights at(List<NetworkVariable> moved, double by) {
      Map<String, Weights.Tensor> tensors = new TreeMap<>();
      for (NetworkVariable variable : moved) {
        float[] values = start.get(variable.key(), variable.shape()).clone();
        float[] direction = direction(variable);
        for (int i = 0; i < values.length; i++) {
          values[i] += (float) (by * direction[i]);
        }
        tensors.put(variable.key(), new Weights.Tensor(variable.shape(), values));
      }
      return Weights.of(tensors);
    }

    @Override
    public void close() {
      session.close();
    }
  }
}

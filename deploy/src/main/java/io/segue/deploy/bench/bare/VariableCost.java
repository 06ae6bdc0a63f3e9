package io.segue.deploy.bench.bare;

import io.segue.model.serve.FrozenGraph;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;

/**
 * What weights that can be replaced in place would cost: the serving graph with variables against
 * the same with constants, in short turns, because hosts are not of one speed for minutes.
 */
final class VariableCost {
  private static final String CONSTANTS = "constants";
  private static final String VARIABLES = "variables";
  private static final int TURNS_PER_ROUND = 5;
  private static final int FRAMES_PER_TURN = 8;
  private static final int ASSIGNMENTS = 9;

  private VariableCost() {}

  /**
   * Measures.
   *
   * @param graph in the form that serves
   * @param batch the size of its fastest batches
   * @param progress takes one line, with the figures
   */
  static Map<String, Object> figures(
      FrozenGraph graph, FrameTensors tensors, int batch, int rounds, Consumer<String> progress)
      throws InterruptedException {
    Map<String, Object> figures = new LinkedHashMap<>();
    try (BareGraph constants = new BareGraph(graph, tensors);
        BareGraph variables = new BareGraph(VariableGraph.of(graph), tensors)) {
      figures.put("assignMillis", assignMillis(variables));
      Rounds batches = measure(constants, variables, batch, rounds);
      figures.put("variablesToBare", batches.ratio(VARIABLES, CONSTANTS));
      figures.put(
          "variablesCpuToBare",
          batches.cpuMillisPerFrame(VARIABLES) / batches.cpuMillisPerFrame(CONSTANTS));
      Rounds single = measure(constants, variables, 1, rounds);
      figures.put("variablesToBareSingle", single.ratio(VARIABLES, CONSTANTS));
    }
    progress.accept("variables against constants: " + figures);
    return figures;
  }

  private static Rounds measure(BareGraph constants, BareGraph variables, int batch, int rounds)
      throws InterruptedException {
    Map<String, Contender> contenders = new LinkedHashMap<>();
    contenders.put(CONSTANTS, constants.batchesOf(batch));
    contenders.put(VARIABLES, variables.batchesOf(batch));
    for (Contender it : contenders.values()) {
      it.run(2 * batch);
    }
    return Rounds.measure(contenders, TURNS_PER_ROUND * rounds, FRAMES_PER_TURN, line -> {});
  }

  /**
   * The median time to assign all weights; the first run, which prepares the session, not in it.
   */
  private static double assignMillis(BareGraph variables) {
    variables.run(VariableGraph.INITIALIZER);
    double[] millis =
        DoubleStream.generate(() -> variables.run(VariableGraph.INITIALIZER))
            .limit(ASSIGNMENTS)
            .sorted()
            .toArray();
    return millis[ASSIGNMENTS / 2];
  }
}

package io.segue.model.serve;

import io.segue.model.checkpoint.CheckpointException;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import java.nio.file.Path;
import org.tensorflow.proto.ConfigProto;

/** Loads models for serving. */
public final class ServingModels {
  private ServingModels() {}

  /**
   * Loads the model in a directory as {@link ModelDirectory} lays it out: reads {@code spec.json}
   * and {@code variables/}, builds a frozen graph of its own, and leaves {@code saved_model.pb}
   * alone.
   *
   * @throws CheckpointException if a file is missing or the weights do not fit the spec
   * @throws io.segue.model.config.ConfigException if the spec cannot be used
   */
  public static ServingModel load(Path modelDir) {
    ModelSpec spec = ModelDirectory.readSpec(modelDir);
    return of(spec, ModelDirectory.readWeights(modelDir, spec));
  }

  /**
   * A serving model of weights in memory.
   *
   * @throws CheckpointException on first use, if a weight is missing
   */
  public static ServingModel of(ModelSpec spec, Weights weights) {
    return new FrozenServingModel(spec, weights, ConfigProto.getDefaultInstance());
  }

  /**
   * The graph that serves one plan.
   *
   * @throws CheckpointException if a weight is missing
   */
  public static FrozenGraph freeze(ModelSpec spec, Weights weights, Plan plan) {
    try (PlanGraph graph = new PlanGraph(spec, weights, plan, ConfigProto.getDefaultInstance())) {
      return graph.frozen();
    }
  }
}

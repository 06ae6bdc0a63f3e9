package io.segue.model.train;

import io.segue.model.config.ModelSpec;
import java.util.List;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphDef;

/**
 * The graph with which the {@link Trainer} makes its steps, by the names of its operations: to
 * measure what lies around it.
 *
 * @param definition the graph
 * @param initializer to be run once: gives all variables their first values
 * @param images placeholder, float32 {@code [batch, height, width, 3]}, normalised
 * @param labels placeholder, float32 {@code [batch, height, width, 1]}
 * @param scalars placeholders, float32 scalars: learning rate, number of the step from 1, decay of
 *     the moving averages
 * @param loss float32 scalar, before the step's update
 * @param targets what one step runs beside fetching the loss
 */
public record StepGraph(
    GraphDef definition,
    String initializer,
    String images,
    String labels,
    List<String> scalars,
    String loss,
    List<String> targets) {

  /** Copies the lists. */
  public StepGraph {
    scalars = List.copyOf(scalars);
    targets = List.copyOf(targets);
  }

  /** The graph that trains {@code spec}'s network. */
  public static StepGraph of(ModelSpec spec, TrainingOptions options) {
    try (TrainingGraph graph = TrainingGraph.of(spec, options, ConfigProto.getDefaultInstance())) {
      return graph.definition();
    }
  }
}

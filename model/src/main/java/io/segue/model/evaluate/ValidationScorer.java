package io.segue.model.evaluate;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.data.EvaluationExample;
import io.segue.model.data.EvaluationInput;
import io.segue.model.data.ExampleSource;
import io.segue.model.data.ParserOptions;
import io.segue.model.data.SegmentationExample;
import io.segue.model.metric.ConfusionMatrix;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Scores weights as the reference's validation does: at the network's input size with the labels
 * resized to it, or, with {@code resize_eval_groundtruth: false}, on the labels' own pixels.
 *
 * @param examples in their own order
 * @param options how they are brought to the network's input size
 * @param limit examples at most
 * @param group the examples after the last full group of so many are left out; 1: none is
 */
public record ValidationScorer(
    ExampleSource examples, ParserOptions options, long limit, int group) {

  /** Counts over the examples. */
  public ConfusionMatrix score(ModelSpec spec, Weights weights) {
    ConfusionMatrix counts = new ConfusionMatrix(spec.taxonomy().size());
    try (ValidationGraph graph = new ValidationGraph(spec, weights, options);
        EvaluationInput input = new EvaluationInput(options, counts.classes());
        Stream<SegmentationExample> all = examples.open(0)) {
      Iterator<EvaluationExample> prepared = input.of(all.limit(limit)).iterator();
      List<EvaluationExample> waiting = new ArrayList<>();
      while (prepared.hasNext()) {
        waiting.add(prepared.next());
        if (waiting.size() == group) {
          for (EvaluationExample example : waiting) {
            counts.add(
                ByteBuffer.wrap(example.truth()),
                ByteBuffer.wrap(graph.predict(example)),
                options.ignoreLabel());
          }
          waiting.clear();
        }
      }
    }
    return counts;
  }
}

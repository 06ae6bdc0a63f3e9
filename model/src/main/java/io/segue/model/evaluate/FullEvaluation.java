package io.segue.model.evaluate;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.data.AspectRatio;
import io.segue.model.data.EvaluationExample;
import io.segue.model.data.EvaluationInput;
import io.segue.model.data.ExampleSource;
import io.segue.model.data.ParserOptions;
import io.segue.model.data.SegmentationExample;
import io.segue.model.data.Size;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Scores models on the examples of a source, with every metric.
 *
 * @param examples in any order
 */
public record FullEvaluation(ExampleSource examples) {

  /**
   * At the images' own size: the serving graph, under a plan.
   *
   * @throws io.segue.model.data.InvalidExampleException if an example cannot be used
   */
  public ScoreSheet atImageSize(ServingModel model, Plan plan) {
    ScoreSheet sheet = new ScoreSheet(model.spec().taxonomy());
    try (ImagesWithLabels input = new ImagesWithLabels(model.spec().taxonomy());
        Stream<SegmentationExample> all = examples.open(0)) {
      for (Iterator<SegmentationExample> it = all.iterator(); it.hasNext(); ) {
        ImagesWithLabels.Decoded decoded = input.decode(it.next());
        long start = System.nanoTime();
        try (Segmentation masks =
            model.segment(decoded.rgb(), 1, decoded.height(), decoded.width(), plan)) {
          long nanos = System.nanoTime() - start;
          sheet.add(decoded.truth(), masks.mask(0), decoded.height(), decoded.width(), nanos);
        }
      }
    }
    return sheet;
  }

  /**
   * At the network's input size, the labels shrunk to it: the reference's validation.
   *
   * @throws io.segue.model.data.InvalidExampleException if an example cannot be used
   */
  public ScoreSheet atInputSize(ModelSpec spec, Weights weights) {
    ScoreSheet sheet = new ScoreSheet(spec.taxonomy());
    Size size = new Size(spec.inputHeight(), spec.inputWidth());
    ParserOptions options =
        new ParserOptions(
            size,
            Optional.empty(),
            true,
            false,
            Optional.empty(),
            spec.taxonomy().ignoreValue(),
            false,
            AspectRatio.PRESERVED,
            1,
            1,
            false);
    try (ValidationGraph graph = new ValidationGraph(spec, weights, options);
        EvaluationInput input = new EvaluationInput(options, spec.taxonomy().size());
        Stream<SegmentationExample> all = examples.open(0)) {
      for (Iterator<EvaluationExample> it = input.of(all).iterator(); it.hasNext(); ) {
        EvaluationExample example = it.next();
        long start = System.nanoTime();
        byte[] mask = graph.predict(example);
        sheet.add(
            ByteBuffer.wrap(example.truth()),
            ByteBuffer.wrap(mask),
            example.truthHeight(),
            example.truthWidth(),
            System.nanoTime() - start);
      }
    }
    return sheet;
  }
}

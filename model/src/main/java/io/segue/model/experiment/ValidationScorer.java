package io.segue.model.experiment;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.data.EvaluationExample;
import io.segue.model.data.EvaluationInput;
import io.segue.model.data.ExampleSource;
import io.segue.model.data.ParserOptions;
import io.segue.model.data.SegmentationExample;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.layer.Resampling;
import io.segue.model.metric.ConfusionMatrix;
import io.segue.model.metric.RescaledLogits;
import io.segue.model.network.SegmentationModel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

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
    try (Graph graph = new Graph();
        EvaluationInput input = new EvaluationInput(options, counts.classes());
        Stream<SegmentationExample> all = examples.open(0)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> images = tf.placeholder(TFloat32.class, Placeholder.shape(shape()));
      Operand<TFloat32> logits =
          SegmentationModel.of(spec.network())
              .build(new FrozenLayers(tf, weights), images)
              .logits();
      Operand<TFloat32> fetched =
          options.resizeEvalGroundtruth()
              ? Resampling.bilinear(tf, logits, Resampling.size(tf, images))
              : logits;
      try (Session session = new Session(graph)) {
        Iterator<EvaluationExample> prepared = input.of(all.limit(limit)).iterator();
        List<EvaluationExample> waiting = new ArrayList<>();
        while (prepared.hasNext()) {
          waiting.add(prepared.next());
          if (waiting.size() == group) {
            waiting.forEach(example -> count(example, session, images, fetched, counts));
            waiting.clear();
          }
        }
      }
    }
    return counts;
  }

  private Shape shape() {
    return Shape.of(1, options.outputSize().height(), options.outputSize().width(), 3);
  }

  private void count(
      EvaluationExample example,
      Session session,
      Placeholder<TFloat32> images,
      Operand<TFloat32> fetched,
      ConfusionMatrix counts) {
    try (TFloat32 image = TFloat32.tensorOf(shape(), DataBuffers.of(example.image(), true, false));
        Result result = session.runner().feed(images, image).fetch(fetched).run()) {
      TFloat32 logits = (TFloat32) result.get(0);
      float[] values = new float[Math.toIntExact(logits.size())];
      logits.asRawTensor().data().asFloats().read(values);
      if (!options.resizeEvalGroundtruth()) {
        values =
            RescaledLogits.onCanvas(
                values,
                (int) logits.shape().get(1),
                (int) logits.shape().get(2),
                counts.classes(),
                example.imageInfo(),
                example.truthHeight(),
                example.truthWidth());
      }
      counts.add(
          ByteBuffer.wrap(example.truth()),
          ByteBuffer.wrap(largest(values, counts.classes())),
          options.ignoreLabel());
    }
  }

  /** The class with the largest logit of each pixel, the lowest of equals. */
  private static byte[] largest(float[] logits, int classes) {
    byte[] winners = new byte[logits.length / classes];
    for (int pixel = 0; pixel < winners.length; pixel++) {
      int winner = 0;
      for (int c = 1; c < classes; c++) {
        if (logits[pixel * classes + c] > logits[pixel * classes + winner]) {
          winner = c;
        }
      }
      winners[pixel] = (byte) winner;
    }
    return winners;
  }
}

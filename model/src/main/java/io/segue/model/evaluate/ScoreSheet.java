package io.segue.model.evaluate;

import io.segue.model.config.Taxonomy;
import io.segue.model.metric.BoundaryF1;
import io.segue.model.metric.BoundaryIou;
import io.segue.model.metric.ConfusionMatrix;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** All figures of one evaluation, collected image by image. Not thread-safe. */
public final class ScoreSheet {
  private final Taxonomy taxonomy;
  private final ConfusionMatrix pixels;
  private final BoundaryF1 boundaryF1;
  private final BoundaryIou boundaryIou;
  private long frames;
  private long inferenceNanos;

  ScoreSheet(Taxonomy taxonomy) {
    this.taxonomy = taxonomy;
    this.pixels = new ConfusionMatrix(taxonomy.size());
    this.boundaryF1 = BoundaryF1.relative(taxonomy.size());
    this.boundaryIou = BoundaryIou.relative(taxonomy.size());
  }

  void add(ByteBuffer truth, ByteBuffer predicted, int height, int width, long nanos) {
    int ignore = taxonomy.ignoreValue();
    pixels.add(truth, predicted, ignore);
    boundaryF1.add(truth, predicted, height, width, ignore);
    boundaryIou.add(truth, predicted, height, width, ignore);
    frames++;
    inferenceNanos += nanos;
  }

  /** Counts of pixels by true and predicted class. */
  public ConfusionMatrix pixels() {
    return pixels;
  }

  /** The figures by name, as {@code segue evaluate --json} prints them; shares are 0–1. */
  public Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("frames", frames);
    values.put("miou", pixels.meanIou());
    values.put("miouAllClasses", pixels.meanIouAllClasses());
    values.put("perClassIou", perClass(pixels.perClassIou()));
    values.put("pixelAccuracy", pixels.pixelAccuracy());
    values.put("meanAccuracy", pixels.meanAccuracy());
    values.put("frequencyWeightedIou", pixels.frequencyWeightedIou());
    values.put("meanDice", pixels.meanDice());
    values.put("kappa", pixels.kappa());
    values.put("boundaryF1", boundaryF1.mean());
    values.put("boundaryIou", boundaryIou.mean());
    values.put("framesPerSecond", inferenceNanos == 0 ? 0.0 : frames * 1e9 / inferenceNanos);
    return values;
  }

  private Map<String, Double> perClass(double[] figures) {
    Map<String, Double> named = new LinkedHashMap<>();
    for (int c = 0; c < figures.length; c++) {
      if (pixels.isPresent(c)) {
        named.put(taxonomy.classes().get(c).name(), figures[c]);
      }
    }
    return named;
  }
}

package io.segue.model.metric;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.GoldenTensor;
import io.segue.model.golden.Tolerance;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The reference's IoU metrics: logits put onto the truth's canvas, counted update by update. */
public final class IouFixture extends FixtureKind {
  private static final int IGNORED = 255;

  @Override
  public String name() {
    return "iou";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    if (fixture.json().has("updates")) {
      new Updates(fixture, comparison).compare();
    } else {
      plain(fixture, comparison);
    }
  }

  private static void plain(GoldenCase fixture, Comparison comparison) {
    int classes = fixture.json().at("/arguments/num_classes").asInt();
    int[] truth = ints(fixture.tensor("y_true"));
    int[] prediction = ints(fixture.tensor("y_pred"));
    double[] weights = fixture.tensor("weight").values();
    double[] ones = new double[truth.length];
    Arrays.fill(ones, 1);
    ClassOverlap weighted = overlap(classes, truth, prediction, ones);
    result(fixture, comparison, "v1", weighted);
    weighted.merge(overlap(classes, prediction, truth, weights));
    result(fixture, comparison, "v1_weighted", weighted);
    ClassOverlap sparse = overlap(classes, truth, prediction, ones);
    result(fixture, comparison, "v2_sparse", sparse);
    sparse.merge(overlap(classes, prediction, truth, ones));
    result(fixture, comparison, "v2_sparse_twice", sparse);
    GoldenTensor trailing = fixture.tensor("result.v2_trailing");
    int columns = trailing.dimension(1);
    double[] iou = new double[classes * columns];
    for (int column = 0; column < columns; column++) {
      ClassOverlap own = new ClassOverlap(classes);
      for (int i = column; i < truth.length; i += columns) {
        own.add(truth[i], prediction[i], 1);
      }
      for (int c = 0; c < classes; c++) {
        iou[c * columns + column] = own.perClassIou()[c];
      }
    }
    comparison.array("v2_trailing", iou, trailing.values(), fixture.tolerance());
  }

  private static ClassOverlap overlap(
      int classes, int[] truth, int[] prediction, double[] weights) {
    ClassOverlap overlap = new ClassOverlap(classes);
    for (int i = 0; i < truth.length; i++) {
      overlap.add(truth[i], prediction[i], weights[i]);
    }
    return overlap;
  }

  private static void result(
      GoldenCase fixture, Comparison comparison, String name, ClassOverlap overlap) {
    comparison.array(
        name,
        overlap.perClassIou(),
        fixture.tensor("result." + name).values(),
        fixture.tolerance());
  }

  private static int[] ints(GoldenTensor tensor) {
    return Arrays.stream(tensor.values()).mapToInt(value -> (int) value).toArray();
  }

  private static final class Updates {
    private final GoldenCase fixture;
    private final Comparison comparison;
    private final int classes;
    private final ConfusionMatrix matrix;
    private final ClassOverlap overlap;

    Updates(GoldenCase fixture, Comparison comparison) {
      this.fixture = fixture;
      this.comparison = comparison;
      this.classes = fixture.json().at("/arguments/num_classes").asInt();
      this.matrix = new ConfusionMatrix(classes);
      this.overlap = new ClassOverlap(classes);
    }

    void compare() {
      JsonNode updates = fixture.json().get("updates");
      for (int u = 0; u < updates.size(); u++) {
        int batch = fixture.tensor("u" + u + ".masks").dimension(0);
        for (int b = 0; b < batch; b++) {
          add("u" + u, b);
        }
        check("u" + u, updates.get(u).get("results"));
      }
      if (fixture.tensors().containsKey("confusion_matrix")) {
        comparison.array(
            "confusion_matrix",
            Arrays.stream(matrix.counts()).asDoubleStream().toArray(),
            fixture.tensor("confusion_matrix").values(),
            fixture.tolerance("confusion_matrix"));
        comparison.number(
            "task_validation_mean_iou",
            matrix.meanIouAllClasses(),
            fixture.json().get("task_validation_mean_iou").asDouble(),
            fixture.tolerance("results"));
      }
    }

    private void add(String update, int b) {
      GoldenTensor masks = fixture.tensor(update + ".masks").row(b);
      int height = masks.dimension(0);
      int width = masks.dimension(1);
      int layers = masks.dimension(2);
      boolean rescale = fixture.json().at("/arguments/rescale_predictions").asBoolean();
      float[][] info = rescale ? imageInfo(update, b) : sameSize(height, width);
      float[] canvas = canvas(update, b, info, height, width);
      double[] validLayers = fixture.tensor(update + ".valid_masks").row(b).values();
      double[] prepared = fixture.tensor(update + ".prepared_valid").row(b).values();
      byte[] truth = new byte[height * width];
      byte[] predicted = new byte[height * width];
      for (int i = 0; i < truth.length; i++) {
        boolean valid = RescaledLogits.withinImage(info, i / width, i % width);
        boolean anyLayer = false;
        for (int layer = 0; layer < layers; layer++) {
          anyLayer |= validLayers[i * layers + layer] != 0;
        }
        valid &= anyLayer;
        comparison.equal(update + ".prepared_valid", valid, prepared[i] != 0);
        int label = (int) masks.values()[i * layers];
        int best = argMax(canvas, i);
        predicted[i] = (byte) best;
        truth[i] = (byte) (valid ? label : IGNORED);
        if (valid) {
          overlap.add(label, best, 1);
        }
      }
      matrix.add(ByteBuffer.wrap(truth), ByteBuffer.wrap(predicted), IGNORED);
    }

    private float[] canvas(String update, int b, float[][] info, int height, int width) {
      GoldenTensor logits = fixture.tensor(update + ".logits").row(b);
      float[] canvas =
          RescaledLogits.onCanvas(
              logits.floats(),
              logits.dimension(0),
              logits.dimension(1),
              classes,
              info,
              height,
              width);
      comparison.array(
          update + ".prepared_logits",
          canvas,
          fixture.tensor(update + ".prepared_logits").row(b),
          fixture.tolerance("prepared_logits"));
      return canvas;
    }

    private float[][] imageInfo(String update, int b) {
      float[] info = fixture.tensor(update + ".image_info").row(b).floats();
      float[][] rows = new float[4][2];
      for (int i = 0; i < info.length; i++) {
        rows[i / 2][i % 2] = info[i];
      }
      return rows;
    }

    private static float[][] sameSize(int height, int width) {
      return new float[][] {{height, width}, {height, width}, {1, 1}, {0, 0}};
    }

    private int argMax(float[] canvas, int pixel) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        if (canvas[pixel * classes + c] > canvas[pixel * classes + best]) {
          best = c;
        }
      }
      return best;
    }

    private void check(String update, JsonNode results) {
      Tolerance tolerance = fixture.tolerance("results");
      double[] v2 = overlap.perClassIou();
      comparison.array(
          update + ".per_class_v2",
          v2,
          BoundaryF1Fixture.numbers(results.get("per_class_v2")),
          tolerance);
      comparison.number(
          update + ".mean_v2",
          Arrays.stream(v2).average().orElse(0),
          results.get("mean_v2").get(0).asDouble(),
          tolerance);
      double targets = 0;
      JsonNode ids = fixture.json().at("/arguments/target_class_ids");
      for (JsonNode id : ids) {
        targets += v2[id.asInt()];
      }
      comparison.number(
          update + ".mean_v2_targets",
          targets / ids.size(),
          results.get("mean_v2_targets").get(0).asDouble(),
          tolerance);
      if (results.has("mean")) {
        comparison.number(
            update + ".mean", matrix.meanIou(), results.get("mean").get(0).asDouble(), tolerance);
        comparison.array(
            update + ".per_class",
            matrix.perClassIou(),
            BoundaryF1Fixture.numbers(results.get("per_class")),
            tolerance);
      }
    }
  }
}

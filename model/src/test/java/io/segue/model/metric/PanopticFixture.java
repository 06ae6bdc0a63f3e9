package io.segue.model.metric;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.Tolerance;
import java.util.Arrays;

/** {@link PanopticQuality} over several images, counted in parts and merged. */
public final class PanopticFixture extends FixtureKind {

  @Override
  public String name() {
    return "panoptic_quality";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    JsonNode arguments = fixture.json().get("arguments");
    int categories = arguments.get("num_categories").asInt();
    int ignored = arguments.get("ignored_label").asInt();
    PanopticQuality quality = new PanopticQuality(categories, ignored);
    for (int image = 0; fixture.tensors().containsKey(name(image, "pred_category")); image++) {
      PanopticQuality single = new PanopticQuality(categories, ignored);
      single.add(
          ints(fixture, name(image, "true_category")),
          ints(fixture, name(image, "true_instance")),
          ints(fixture, name(image, "pred_category")),
          ints(fixture, name(image, "pred_instance")));
      quality.merge(single);
    }
    JsonNode expected = fixture.json().get("expected");
    Tolerance tolerance = fixture.tolerance();
    list(comparison, expected, "tp", doubles(quality.truePositives()), tolerance);
    list(comparison, expected, "fn", doubles(quality.falseNegatives()), tolerance);
    list(comparison, expected, "fp", doubles(quality.falsePositives()), tolerance);
    list(comparison, expected, "iou", quality.iouSums(), tolerance);
    list(comparison, expected, "pq_per_class", quality.panopticQuality(), tolerance);
    list(comparison, expected, "sq_per_class", quality.segmentationQuality(), tolerance);
    list(comparison, expected, "rq_per_class", quality.recognitionQuality(), tolerance);
    JsonNode things = arguments.get("is_thing");
    summary(comparison, expected, "All", quality.summary(c -> true), tolerance);
    summary(
        comparison, expected, "Things", quality.summary(c -> things.get(c).asBoolean()), tolerance);
    summary(
        comparison, expected, "Stuff", quality.summary(c -> !things.get(c).asBoolean()), tolerance);
  }

  private static String name(int image, String array) {
    return "i" + image + "." + array;
  }

  private static int[] ints(GoldenCase fixture, String name) {
    return Arrays.stream(fixture.tensor(name).values()).mapToInt(value -> (int) value).toArray();
  }

  private static double[] doubles(long[] counts) {
    return Arrays.stream(counts).asDoubleStream().toArray();
  }

  private static void list(
      Comparison comparison, JsonNode expected, String name, double[] actual, Tolerance tolerance) {
    comparison.array(name, actual, BoundaryF1Fixture.numbers(expected.get(name)), tolerance);
  }

  private static void summary(
      Comparison comparison,
      JsonNode expected,
      String group,
      PanopticQuality.Summary actual,
      Tolerance tolerance) {
    comparison.number(group, actual.pq(), expected.get(group + "_pq").asDouble(), tolerance);
    comparison.number(group, actual.sq(), expected.get(group + "_sq").asDouble(), tolerance);
    comparison.number(group, actual.rq(), expected.get(group + "_rq").asDouble(), tolerance);
    comparison.number(
        group,
        actual.categories(),
        expected.get(group + "_num_categories").asDouble(),
        Tolerance.EXACT);
  }
}

package io.segue.model.metric;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.Tolerance;
import java.util.Arrays;

/** The figures of {@link ConfusionMatrix}. */
public final class ConfusionFixture extends FixtureKind {

  @Override
  public String name() {
    return "confusion_figures";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    JsonNode arguments = fixture.json().get("arguments");
    ConfusionMatrix matrix = new ConfusionMatrix(arguments.get("num_classes").asInt());
    matrix.add(
        fixture.tensor("truth").buffer(),
        fixture.tensor("prediction").buffer(),
        arguments.get("ignore_label").asInt());
    comparison.array(
        "matrix",
        Arrays.stream(matrix.counts()).asDoubleStream().toArray(),
        fixture.tensor("confusion_matrix").values(),
        Tolerance.EXACT);
    JsonNode figures = fixture.json().get("expected");
    Tolerance tolerance = fixture.tolerance("figures");
    comparison.array("iou", matrix.perClassIou(), numbers(figures.get("iou")), tolerance);
    comparison.array("dice", matrix.perClassDice(), numbers(figures.get("dice")), tolerance);
    comparison.array(
        "class_accuracy",
        matrix.perClassAccuracy(),
        numbers(figures.get("class_accuracy")),
        tolerance);
    comparison.array(
        "precision", matrix.perClassPrecision(), numbers(figures.get("precision")), tolerance);
    number(comparison, figures, tolerance, "mean_iou_present", matrix.meanIou());
    number(comparison, figures, tolerance, "mean_iou_all", matrix.meanIouAllClasses());
    number(comparison, figures, tolerance, "mean_dice", matrix.meanDice());
    number(comparison, figures, tolerance, "mean_accuracy", matrix.meanAccuracy());
    number(comparison, figures, tolerance, "pixel_accuracy", matrix.pixelAccuracy());
    number(comparison, figures, tolerance, "frequency_weighted_iou", matrix.frequencyWeightedIou());
    number(comparison, figures, tolerance, "kappa", matrix.kappa());
  }

  private static void number(
      Comparison comparison, JsonNode figures, Tolerance tolerance, String name, double actual) {
    comparison.number(name, actual, figures.get(name).asDouble(), tolerance);
  }

  private static double[] numbers(JsonNode list) {
    double[] numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = list.get(i).asDouble();
    }
    return numbers;
  }
}

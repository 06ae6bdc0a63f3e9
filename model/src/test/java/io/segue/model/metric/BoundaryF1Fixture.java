package io.segue.model.metric;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.GoldenTensor;
import io.segue.model.golden.Tolerance;

/** {@link BoundaryF1} per image, averaged and pooled. */
public final class BoundaryF1Fixture extends FixtureKind {

  @Override
  public String name() {
    return "boundary_f1";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    int classes = fixture.json().at("/arguments/num_classes").asInt();
    int ignore = fixture.json().at("/arguments/ignore_label").asInt();
    Tolerance scores = fixture.tolerance("scores");
    for (JsonNode variant : fixture.json().get("variants")) {
      String id = variant.get("id").asText();
      JsonNode theta = variant.get("theta");
      BoundaryF1 whole = metric(classes, theta);
      BoundaryF1 parts = metric(classes, theta);
      GoldenTensor counts = fixture.tensor(variant.get("counts").asText());
      for (int image = 0; image < fixture.json().get("images").asInt(); image++) {
        GoldenTensor truth = fixture.tensor("i" + image + ".truth");
        GoldenTensor prediction = fixture.tensor("i" + image + ".prediction");
        BoundaryF1 single = metric(classes, theta);
        long[][] counted = add(single, truth, prediction, ignore);
        add(whole, truth, prediction, ignore);
        parts.merge(single);
        for (int c = 0; c < classes; c++) {
          for (int i = 0; i < 4; i++) {
            comparison.equal(id + ".counts", counted[c][i], counts.row(image).row(c).longs()[i]);
          }
        }
        comparison.array(
            id + ".f1_per_image",
            single.pooledPerClass(),
            fixture.tensor(variant.get("f1_per_image").asText()).row(image).values(),
            scores);
      }
      for (BoundaryF1 metric : new BoundaryF1[] {whole, parts}) {
        comparison.array(id, metric.meanPerClass(), numbers(variant.get("f1_per_class")), scores);
        comparison.array(
            id, metric.pooledPerClass(), numbers(variant.get("pooled_f1_per_class")), scores);
        comparison.number(id, metric.mean(), variant.get("mean_bf").asDouble(), scores);
      }
    }
  }

  private static BoundaryF1 metric(int classes, JsonNode theta) {
    return theta.isTextual()
        ? BoundaryF1.relative(classes)
        : BoundaryF1.withinPixels(classes, theta.asDouble());
  }

  private static long[][] add(
      BoundaryF1 metric, GoldenTensor truth, GoldenTensor prediction, int ignore) {
    return metric.add(
        truth.buffer(), prediction.buffer(), truth.dimension(0), truth.dimension(1), ignore);
  }

  static double[] numbers(JsonNode list) {
    double[] numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = list.get(i).isNull() ? Double.NaN : list.get(i).asDouble();
    }
    return numbers;
  }
}

package io.segue.model.metric;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.GoldenTensor;
import io.segue.model.golden.Tolerance;
import java.util.Arrays;

/** {@link BoundaryIou} over several images, counted in parts and merged. */
public final class BoundaryIouFixture extends FixtureKind {

  @Override
  public String name() {
    return "boundary_iou";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    int classes = fixture.json().at("/arguments/num_classes").asInt();
    int ignore = fixture.json().at("/arguments/ignore_label").asInt();
    Tolerance scores = fixture.tolerance("scores");
    for (JsonNode variant : fixture.json().get("variants")) {
      String id = variant.get("id").asText();
      BoundaryIou metric = metric(classes, variant.get("d"));
      for (int image = 0; image < fixture.json().get("images").asInt(); image++) {
        GoldenTensor truth = fixture.tensor("i" + image + ".truth");
        GoldenTensor prediction = fixture.tensor("i" + image + ".prediction");
        BoundaryIou single = metric(classes, variant.get("d"));
        single.add(
            truth.buffer(), prediction.buffer(), truth.dimension(0), truth.dimension(1), ignore);
        metric.merge(single);
      }
      comparison.array(
          id + ".intersection",
          Arrays.stream(metric.intersection()).asDoubleStream().toArray(),
          BoundaryF1Fixture.numbers(variant.get("intersection")),
          Tolerance.EXACT);
      comparison.array(
          id + ".union",
          Arrays.stream(metric.union()).asDoubleStream().toArray(),
          BoundaryF1Fixture.numbers(variant.get("union")),
          Tolerance.EXACT);
      comparison.array(
          id, metric.perClass(), BoundaryF1Fixture.numbers(variant.get("boundary_iou")), scores);
      comparison.number(id, metric.mean(), variant.get("mean").asDouble(), scores);
    }
  }

  private static BoundaryIou metric(int classes, JsonNode d) {
    return d.isNull() ? BoundaryIou.relative(classes) : BoundaryIou.ofWidth(classes, d.asInt());
  }
}

package io.segue.model.loss;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.GoldenTensor;
import java.util.ArrayList;
import java.util.List;

/** Value and gradient of {@link SegmentationLoss}. */
public final class SegmentationLossFixture extends FixtureKind {

  @Override
  public String name() {
    return "segmentation_loss";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    for (JsonNode variant : fixture.json().get("variants")) {
      String id = variant.get("id").asText();
      GoldenTensor logits = fixture.tensor(variant.get("logits").asText());
      GoldenTensor labels = fixture.tensor(variant.get("labels").asText());
      try (LossProbe probe =
          LossProbe.of(
              loss(variant.get("arguments")), logits.shape(), labels.floats(), labels.shape())) {
        comparison.number(
            id,
            probe.value(logits.floats()),
            variant.get("loss").asDouble(),
            fixture.tolerance("loss"));
        comparison.array(
            id + ".gradient",
            probe.gradient(logits.floats()),
            fixture.tensor(variant.get("gradient").asText()),
            fixture.tolerance("grad"));
      }
    }
  }

  static SegmentationLoss loss(JsonNode arguments) {
    List<Double> weights = new ArrayList<>();
    arguments.get("class_weights").forEach(weight -> weights.add(weight.asDouble()));
    return new SegmentationLoss(
        arguments.get("label_smoothing").asDouble(),
        weights,
        arguments.get("ignore_label").asInt(),
        arguments.get("use_groundtruth_dimension").asBoolean(),
        arguments.get("use_binary_cross_entropy").asBoolean(),
        arguments.get("top_k_percent_pixels").asDouble(),
        arguments.get("gt_is_matting_map").asBoolean());
  }
}

package io.segue.model.loss;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.GoldenTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Losses that the reference lacks, as the project defines them: value and gradient. */
public final class ProjectLossFixture extends FixtureKind {
  private final String kind;
  private final Function<JsonNode, Loss> losses;

  private ProjectLossFixture(String kind, Function<JsonNode, Loss> losses) {
    this.kind = kind;
    this.losses = losses;
  }

  public static ProjectLossFixture lovasz() {
    return new ProjectLossFixture(
        "project_lovasz",
        arguments ->
            new LovaszSoftmaxLoss(
                arguments.get("ignore_label").asInt(),
                mode(arguments),
                arguments.get("per_image").asBoolean()));
  }

  public static ProjectLossFixture softDice() {
    return new ProjectLossFixture(
        "project_soft_dice",
        arguments ->
            new SoftDiceLoss(
                arguments.get("ignore_label").asInt(),
                mode(arguments),
                arguments.get("per_image").asBoolean(),
                arguments.get("smooth").asDouble()));
  }

  public static ProjectLossFixture focal() {
    return new ProjectLossFixture(
        "project_focal",
        arguments -> {
          List<Double> alpha = new ArrayList<>();
          arguments.path("alpha").forEach(weight -> alpha.add(weight.asDouble()));
          return new SoftmaxFocalLoss(
              arguments.get("ignore_label").asInt(), arguments.get("gamma").asDouble(), alpha);
        });
  }

  private static ClassesMode mode(JsonNode arguments) {
    return ClassesMode.valueOf(arguments.get("classes_mode").asText().toUpperCase(Locale.ROOT));
  }

  @Override
  public String name() {
    return kind;
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    for (JsonNode variant : fixture.json().get("variants")) {
      String id = variant.get("id").asText();
      GoldenTensor logits = fixture.tensor(variant.path("logits").asText("logits"));
      GoldenTensor labels = fixture.tensor(variant.get("labels").asText());
      try (LossProbe probe =
          LossProbe.of(
              losses.apply(variant.get("arguments")),
              logits.shape(),
              labels.floats(),
              labels.shape())) {
        comparison.number(
            id,
            probe.value(logits.floats()),
            variant.get("loss").asDouble(),
            fixture.tolerance("loss"));
        comparison.array(
            id + ".gradient",
            probe.gradient(logits.floats()),
            withoutNaN(fixture.tensor(variant.get("gradient").asText())),
            fixture.tolerance("grad"));
      }
    }
  }

  /**
   * The oracle's automatic differentiation gives 0 · ∞ at ignored pixels where gamma is 0; by the
   * definition such a pixel has no part in the loss, so its gradient is 0.
   */
  private static GoldenTensor withoutNaN(GoldenTensor gradient) {
    double[] values = gradient.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = Double.isNaN(values[i]) ? 0 : values[i];
    }
    return new GoldenTensor(gradient.dimensions(), values);
  }
}

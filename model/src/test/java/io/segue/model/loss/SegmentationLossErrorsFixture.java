package io.segue.model.loss;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import java.util.stream.StreamSupport;
import org.tensorflow.ndarray.Shape;

/** Arguments and shapes that {@link SegmentationLoss} refuses. */
public final class SegmentationLossErrorsFixture extends FixtureKind {

  @Override
  public String name() {
    return "segmentation_loss_errors";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    for (JsonNode variant : fixture.json().get("variants")) {
      Shape labels = shape(variant.get("labels_shape"));
      comparison.refused(
          variant.get("what").asText(),
          () ->
              LossProbe.of(
                      SegmentationLossFixture.loss(variant.get("arguments")),
                      shape(variant.get("logits_shape")),
                      new float[(int) labels.size()],
                      labels)
                  .close());
    }
  }

  private static Shape shape(JsonNode sizes) {
    return Shape.of(
        StreamSupport.stream(sizes.spliterator(), false).mapToLong(JsonNode::asLong).toArray());
  }
}

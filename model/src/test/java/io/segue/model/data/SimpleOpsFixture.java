package io.segue.model.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.GoldenTensor;
import io.segue.model.golden.Tolerance;

/** Normalising, flipping, resizing and rounding up sizes. */
public final class SimpleOpsFixture extends FixtureKind {

  @Override
  public String name() {
    return "input_simple_ops";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    Tolerance tolerance = fixture.tolerance();
    GoldenTensor u8 = fixture.tensor("u8");
    Pixels pixels = new Pixels(u8.dimension(0), u8.dimension(1), 3, u8.bytes());
    comparison.array(
        "normalized_u8",
        PixelNormalization.normalize(pixels).values(),
        fixture.tensor("normalized_u8"),
        tolerance);
    FloatMap image = Fixtures.map(fixture.tensor("float_image"));
    flip(fixture, comparison, "flipped_image", image);
    flip(fixture, comparison, "flipped_mask_hw1", Fixtures.map(fixture.tensor("mask_hw1")));
    flip(fixture, comparison, "flipped_mask_width_1", Fixtures.map(fixture.tensor("mask_width_1")));
    GoldenTensor mask = fixture.tensor("mask");
    FloatMap planar = new FloatMap(mask.dimension(1), mask.dimension(2), 1, mask.floats());
    flip(fixture, comparison, "flipped_mask", planar);
    for (JsonNode resized : fixture.json().get("resize_image")) {
      String id = resized.get("id").asText();
      comparison.array(
          id,
          Resampling.BILINEAR.resize(image, Fixtures.size(resized.get("result_size"))).values(),
          fixture.tensor(id),
          tolerance);
    }
    for (JsonNode row : fixture.json().get("padded_sizes")) {
      comparison.equal(
          "padded",
          Fixtures.size(row.get("size")).roundedUpTo(row.get("stride").asInt()),
          Fixtures.size(row.get("padded")));
    }
  }

  private static void flip(
      GoldenCase fixture, Comparison comparison, String name, FloatMap upright) {
    comparison.array(name, upright.flipped().values(), fixture.tensor(name), Tolerance.EXACT);
  }
}

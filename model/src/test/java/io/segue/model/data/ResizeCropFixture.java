package io.segue.model.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.GoldenTensor;
import java.util.Arrays;
import java.util.Locale;

/** {@link CropGeometry} for given draws. */
public final class ResizeCropFixture extends FixtureKind {

  @Override
  public String name() {
    return "input_resize_crop";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    for (JsonNode variant : fixture.json().get("variants")) {
      String id = variant.get("id").asText();
      CropGeometry geometry = geometry(variant);
      Size padded =
          Fixtures.optionalSize(variant.get("padded")).orElse(geometry.window(geometry.scaled()));
      boolean centred = variant.get("centered_crop").asBoolean();
      Resampling method =
          Resampling.valueOf(variant.get("method").asText().toUpperCase(Locale.ROOT));
      comparison.equal(id, geometry.scaled(), Fixtures.size(variant.get("image_scaled_to")));
      comparison.equal(id, geometry.scaledLabel(), Fixtures.size(variant.get("mask_scaled_to")));
      comparison.array(
          id + ".image",
          geometry
              .image(Fixtures.map(fixture.tensor(id + ".image")), padded, centred, method)
              .values(),
          fixture.tensor(id + ".out_image"),
          fixture.tolerance("out_image"));
      GoldenTensor mask = fixture.tensor(id + ".mask").row(0);
      comparison.array(
          id + ".mask",
          geometry.label(Fixtures.map(mask), centred).values(),
          fixture.tensor(id + ".out_mask"),
          fixture.tolerance("out_mask"));
      comparison.array(
          id + ".image_info",
          Fixtures.flat(geometry.imageInfo()),
          Arrays.copyOf(fixture.tensor(id + ".image_info").values(), 8),
          fixture.tolerance("image_info"));
    }
  }

  private static CropGeometry geometry(JsonNode variant) {
    Size size = Fixtures.size(variant.get("size"));
    Size desired = Fixtures.size(variant.get("desired"));
    boolean keep = variant.get("keep_aspect_ratio").asBoolean();
    if (variant.get("s").isNull()) {
      return CropGeometry.plain(size, desired, keep);
    }
    return CropGeometry.jittered(
        size,
        desired,
        (float) variant.get("s").asDouble(),
        (float) variant.get("u").get(0).asDouble(),
        (float) variant.get("u").get(1).asDouble(),
        keep);
  }
}

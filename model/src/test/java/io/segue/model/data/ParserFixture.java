package io.segue.model.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** {@link Parser} outputs, the augmented ones for given draws. */
public final class ParserFixture extends FixtureKind {

  @Override
  public String name() {
    return "input_parser";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) throws IOException {
    List<SegmentationExample> examples = Fixtures.examples(fixture);
    try (PixelDecoder decoder = new PixelDecoder()) {
      for (JsonNode variant : fixture.json().get("variants")) {
        Parser parser = new Parser(options(variant.get("arguments")));
        for (JsonNode k : variant.get("examples")) {
          String name = variant.get("id").asText() + ".e" + k;
          SegmentationExample example = examples.get(k.asInt());
          FloatMap image = PixelNormalization.normalize(decoder.image(example));
          ParsedExample parsed =
              variant.get("training").asBoolean()
                  ? parser.forTraining(image, decoder.label(example), draws(variant, k.asInt()))
                  : parser.forEvaluation(image, decoder.label(example));
          comparison.array(
              name + ".image",
              parsed.image().values(),
              fixture.tensor(name + ".image"),
              fixture.tolerance("image"));
          comparison.array(
              name + ".masks",
              parsed.masks().values(),
              fixture.tensor(name + ".masks"),
              fixture.tolerance("masks"));
          comparison.array(
              name + ".image_info",
              Fixtures.flat(parsed.geometry().imageInfo()),
              fixture.tensor(name + ".image_info").values(),
              fixture.tolerance("image_info"));
        }
      }
    }
  }

  private static Draws draws(JsonNode variant, int example) {
    Deque<Float> numbers = new ArrayDeque<>();
    for (JsonNode draw : variant.path("draws").path(example)) {
      if (draw.isArray()) {
        draw.forEach(share -> numbers.add((float) share.asDouble()));
      } else {
        numbers.add((float) draw.asDouble());
      }
    }
    return (low, high) -> numbers.removeFirst();
  }

  private static ParserOptions options(JsonNode arguments) {
    return new ParserOptions(
        Fixtures.size(arguments.get("output_size")),
        Fixtures.optionalSize(arguments.path("crop_size")),
        arguments.path("resize_eval_groundtruth").asBoolean(true),
        arguments.path("gt_is_matting_map").asBoolean(false),
        Fixtures.optionalSize(arguments.path("groundtruth_padded_size")),
        arguments.path("ignore_label").asInt(255),
        arguments.path("aug_rand_hflip").asBoolean(false),
        arguments.path("preserve_aspect_ratio").asBoolean(true)
            ? AspectRatio.PRESERVED
            : AspectRatio.STRETCHED_FIRST,
        arguments.path("aug_scale_min").asDouble(1),
        arguments.path("aug_scale_max").asDouble(1),
        arguments.path("centered_crop").asBoolean(false));
  }
}

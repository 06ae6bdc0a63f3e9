package io.segue.model.data;

import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.Tolerance;
import java.io.IOException;
import java.util.List;

/** Pixels of JPEG and PNG examples. */
public final class DecodeFixture extends FixtureKind {

  @Override
  public String name() {
    return "input_decode";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) throws IOException {
    List<SegmentationExample> examples = Fixtures.examples(fixture);
    try (PixelDecoder decoder = new PixelDecoder()) {
      for (int k = 0; k < examples.size(); k++) {
        compare(fixture, comparison, "e" + k + ".image", decoder.image(examples.get(k)));
        compare(fixture, comparison, "e" + k + ".mask", decoder.label(examples.get(k)));
      }
    }
  }

  private static void compare(
      GoldenCase fixture, Comparison comparison, String name, Pixels pixels) {
    float[] values = new float[pixels.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = pixels.values()[i] & 0xff;
    }
    comparison.array(name, values, fixture.tensor(name), Tolerance.EXACT);
  }
}

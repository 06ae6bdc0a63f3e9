package io.segue.model.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.GoldenCase;
import io.segue.model.golden.GoldenTensor;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the input fixtures share. */
final class Fixtures {
  private Fixtures() {}

  static List<SegmentationExample> examples(GoldenCase fixture) throws IOException {
    String name = fixture.json().at("/records/file").asText();
    List<SegmentationExample> examples = new ArrayList<>();
    try (TfRecordReader reader =
        new TfRecordReader(
            Channels.newChannel(Files.newInputStream(fixture.directory().resolve(name))), name)) {
      for (Optional<byte[]> next = reader.read(); next.isPresent(); next = reader.read()) {
        examples.add(SegmentationExample.fromTfExample(next.get()));
      }
    }
    return examples;
  }

  static FloatMap map(GoldenTensor tensor) {
    return new FloatMap(
        tensor.dimension(0), tensor.dimension(1), tensor.dimension(2), tensor.floats());
  }

  static Size size(JsonNode pair) {
    return new Size(pair.get(0).asInt(), pair.get(1).asInt());
  }

  static Optional<Size> optionalSize(JsonNode pair) {
    return pair.isMissingNode() || pair.isNull() ? Optional.empty() : Optional.of(size(pair));
  }

  static double[] flat(float[][] rows) {
    double[] values = new double[rows.length * rows[0].length];
    for (int i = 0; i < values.length; i++) {
      values[i] = rows[i / rows[0].length][i % rows[0].length];
    }
    return values;
  }
}

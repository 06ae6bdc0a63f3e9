package io.segue.model.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;

/** Good, compressed and damaged TFRecord files. */
public final class TfRecordFixture extends FixtureKind {

  @Override
  public String name() {
    return "input_tfrecord";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) throws IOException {
    JsonNode records = fixture.json().get("records");
    for (JsonNode file : fixture.json().get("files")) {
      String name = file.get("file").asText();
      String compression = file.get("compression").asText();
      String what = name + (compression.isEmpty() ? "" : " as " + compression);
      int read = 0;
      boolean failed = false;
      try (TfRecordReader reader =
          new TfRecordReader(
              Channels.newChannel(Files.newInputStream(fixture.directory().resolve(name))),
              name,
              compression.isEmpty()
                  ? TfRecordCompression.NONE
                  : TfRecordCompression.valueOf(compression))) {
        for (Optional<byte[]> next = reader.read(); next.isPresent(); next = reader.read()) {
          comparison.equal(
              what + " record " + read,
              new String(next.get(), StandardCharsets.UTF_8),
              records.get(read).asText());
          read++;
        }
      } catch (CorruptRecordException e) {
        failed = true;
        String message = file.get("message").asText();
        comparison.equal(what, message.contains(" at " + e.offset()), true);
      }
      comparison.equal(what + " records", read, file.get("records_before_end_or_error").asInt());
      comparison.equal(what + " fails", failed, !file.get("error").isNull());
    }
  }
}

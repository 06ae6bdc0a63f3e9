package io.segue.schemas;

import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.Label;
import io.segue.schemas.avro.LabelRequest;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.Skip;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Every schema that a topic may hold, by CRC-64-AVRO fingerprint: the current one of each record
 * and all committed versions, which lie as {@code versions/<record>/<fingerprint>.avsc} beside this
 * class and are named in {@code versions/index}.
 */
final class SchemaStore {
  /** The records that are values of topics, in their current form. */
  static final List<Schema> CURRENT =
      List.of(
          Frame.getClassSchema(),
          Label.getClassSchema(),
          Mask.getClassSchema(),
          Skip.getClassSchema(),
          DeadLetter.getClassSchema(),
          ModelState.getClassSchema(),
          ModelEvent.getClassSchema(),
          Metric.getClassSchema(),
          LabelRequest.getClassSchema(),
          ControlCommand.getClassSchema());

  private static final Map<String, Schema> CURRENT_BY_NAME =
      CURRENT.stream().collect(Collectors.toUnmodifiableMap(Schema::getFullName, s -> s));

  private SchemaStore() {}

  /** The current form of the record that a schema names. */
  static Schema current(Schema version) {
    Schema current = CURRENT_BY_NAME.get(version.getFullName());
    if (current == null) {
      throw new IllegalStateException(
          "record '%s' has committed versions but no current one".formatted(version.getFullName()));
    }
    return current;
  }

  static long fingerprint(Schema schema) {
    return SchemaNormalization.parsingFingerprint64(schema);
  }

  /** Sixteen lower-case hexadecimal digits. */
  static String hex(long fingerprint) {
    return String.format(Locale.ROOT, "%016x", fingerprint);
  }

  /** Every committed version of every record, oldest first within a record. */
  static List<Schema> committedVersions() {
    try (BufferedReader index =
        new BufferedReader(new InputStreamReader(open("versions/index"), StandardCharsets.UTF_8))) {
      Stream<String> names = index.lines().filter(line -> !line.isBlank());
      return names.map(SchemaStore::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the committed schema versions", e);
    }
  }

  private static Schema parse(String name) {
    try (InputStream in = open("versions/" + name)) {
      return new Schema.Parser().parse(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the committed schema " + name, e);
    }
  }

  private static InputStream open(String name) throws IOException {
    InputStream in = SchemaStore.class.getResourceAsStream(name);
    if (in == null) {
      throw new FileNotFoundException(name + " is not beside " + SchemaStore.class.getName());
    }
    return in;
  }
}

package io.segue.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.JsonSchemaFormatter;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two jobs are upgraded apart, and topics outlive both: new code reads what any committed version
 * wrote, and the code of any committed version reads what new code writes.
 */
class SchemaEvolutionTest {
  private static final Path PROPOSALS = Path.of("target", "schema-versions");

  static List<Schema> currentSchemas() {
    return SchemaStore.CURRENT;
  }

  static List<Schema> committedVersions() {
    return SchemaStore.committedVersions();
  }

  @ParameterizedTest
  @MethodSource("committedVersions")
  void newCodeReadsWhatACommittedVersionWrote(Schema version) {
    assertReads(SchemaStore.current(version), version);
  }

  @ParameterizedTest
  @MethodSource("committedVersions")
  void aCommittedVersionReadsWhatNewCodeWrites(Schema version) {
    assertReads(version, SchemaStore.current(version));
  }

  @ParameterizedTest
  @MethodSource("currentSchemas")
  void theCurrentSchemaIsAmongTheCommittedVersions(Schema schema) throws IOException {
    long fingerprint = SchemaStore.fingerprint(schema);
    Set<Long> committed =
        committedVersions().stream().map(SchemaStore::fingerprint).collect(Collectors.toSet());
    if (!committed.contains(fingerprint)) {
      String name = schema.getName() + "/" + SchemaStore.hex(fingerprint) + ".avsc";
      Path proposal = PROPOSALS.resolve(name);
      Files.createDirectories(proposal.getParent());
      Files.writeString(proposal, new JsonSchemaFormatter(true).format(schema) + "\n");
      assertThat(committed)
          .as(
              "the schema of %s changed: copy %s to src/main/resources/io/segue/schemas/versions/"
                  + " and add the line '%s' to versions/index",
              schema.getName(), proposal, name)
          .contains(fingerprint);
    }
  }

  @Test
  void everyRecordDefinedForATopicIsKnownToTheCodec() throws IOException {
    Set<String> parts = Set.of("FrameId", "TaxonomyRef", "PayloadRef");
    try (Stream<Path> files = Files.list(Path.of("src", "main", "avro"))) {
      List<String> records =
          files
              .filter(SchemaEvolutionTest::isRecord)
              .map(file -> file.getFileName().toString().replace(".avsc", ""))
              .filter(name -> !parts.contains(name))
              .toList();
      assertThat(SchemaStore.CURRENT)
          .extracting(Schema::getName)
          .containsExactlyInAnyOrderElementsOf(records);
    }
  }

  @Test
  void aFieldWithoutADefaultWouldBeFound() {
    Schema before = new Schema.Parser().parse(record("[]"));
    Schema after = new Schema.Parser().parse(record("[{\"name\":\"added\",\"type\":\"int\"}]"));
    assertThat(compatibility(after, before)).isEqualTo(SchemaCompatibilityType.INCOMPATIBLE);
  }

  private static boolean isRecord(Path file) {
    try {
      return Files.isRegularFile(file)
          && Files.readString(file).startsWith("{\n  \"type\": \"record\"");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String record(String fields) {
    return "{\"type\":\"record\",\"name\":\"R\",\"fields\":" + fields + "}";
  }

  private static SchemaCompatibilityType compatibility(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType();
  }

  private static void assertReads(Schema reader, Schema writer) {
    SchemaPairCompatibility pair =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
    assertThat(pair.getType())
        .as(pair.getResult().getIncompatibilities().toString())
        .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
  }
}

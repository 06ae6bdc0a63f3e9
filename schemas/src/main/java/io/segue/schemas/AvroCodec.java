package io.segue.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * Turns records of {@link io.segue.schemas.avro} into bytes and back. Whatever any committed
 * version of this project wrote stays readable: the bytes name their schema, and a record of an
 * earlier version comes out in its current form.
 *
 * <p>The bytes are Avro single-object encoding: {@code C3 01}, the CRC-64-AVRO fingerprint of the
 * writer's schema in 8 little-endian bytes, the binary record. Decoding needs no more memory than a
 * small multiple of the input, whatever lengths the input declares. Thread-safe.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding">Avro
 *     specification, single-object encoding</a>
 */
public final class AvroCodec {
  private static final int HEADER_BYTES = 10;
  private static final byte MARKER_0 = (byte) 0xC3;
  private static final byte MARKER_1 = 0x01;

  private static final SpecificData DATA = data();
  private static final Map<Long, Version> VERSIONS = versions();
  private static final Map<Schema, Long> FINGERPRINTS =
      SchemaStore.CURRENT.stream()
          .collect(Collectors.toUnmodifiableMap(s -> s, SchemaStore::fingerprint));

  /** A schema that bytes may have been written with, and the way from it to the current one. */
  private record Version(Schema writer, DatumReader<SpecificRecord> reader) {}

  private AvroCodec() {}

  /**
   * Encodes a record with its current schema.
   *
   * @throws IllegalArgumentException if the record is no value of a topic but a part of one
   * @throws org.apache.avro.AvroRuntimeException or NullPointerException if a required field is not
   *     set
   */
  public static byte[] encode(SpecificRecord record) {
    Schema schema = record.getSchema();
    Long fingerprint = FINGERPRINTS.get(schema);
    if (fingerprint == null) {
      throw new IllegalArgumentException(
          "a %s is no value of a topic".formatted(schema.getFullName()));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    out.writeBytes(header(fingerprint));
    try {
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
      new SpecificDatumWriter<SpecificRecord>(schema, DATA).write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail to be written", e);
    }
    return out.toByteArray();
  }

  /**
   * Decodes a record of whatever type the bytes name, in its current form.
   *
   * @throws UnknownSchemaException if no committed version has the fingerprint
   * @throws MalformedRecordException if the bytes are not one whole record
   */
  public static SpecificRecord decode(byte[] bytes) {
    return decode(bytes, version(bytes));
  }

  /**
   * Decodes a record of a given type.
   *
   * @throws UnknownSchemaException if no committed version has the fingerprint
   * @throws MalformedRecordException if the bytes are not one whole record of this type
   */
  public static <T extends SpecificRecord> T decode(byte[] bytes, Class<T> type) {
    Version version = version(bytes);
    if (!version.writer.getFullName().equals(type.getName())) {
      throw new MalformedRecordException(
          "the record is a %s, a %s was expected; check what is written to the topic"
              .formatted(version.writer.getName(), type.getSimpleName()));
    }
    return type.cast(decode(bytes, version));
  }

  private static SpecificRecord decode(byte[] bytes, Version version) {
    checkStructure(bytes, version.writer);
    try {
      return version.reader.read(null, body(bytes));
    } catch (IOException | RuntimeException e) {
      throw malformed(bytes, version.writer, e);
    }
  }

  /** Walks over the record without building it, so that a false length allocates nothing. */
  private static void checkStructure(byte[] bytes, Schema writer) {
    BinaryDecoder decoder = body(bytes);
    boolean atEnd;
    try {
      GenericDatumReader.skip(writer, decoder);
      atEnd = decoder.isEnd();
    } catch (IOException | RuntimeException e) {
      throw malformed(bytes, writer, e);
    }
    if (!atEnd) {
      throw new MalformedRecordException(
          "%s record of %d bytes has bytes behind its end"
              .formatted(writer.getName(), bytes.length));
    }
  }

  private static MalformedRecordException malformed(byte[] bytes, Schema writer, Exception cause) {
    return new MalformedRecordException(
        "%d bytes are not a whole %s record: %s"
            .formatted(bytes.length, writer.getName(), cause.getMessage()),
        cause);
  }

  private static BinaryDecoder body(byte[] bytes) {
    return DecoderFactory.get()
        .binaryDecoder(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, null);
  }

  private static Version version(byte[] bytes) {
    if (bytes.length < HEADER_BYTES || bytes[0] != MARKER_0 || bytes[1] != MARKER_1) {
      throw new MalformedRecordException(
          "%d bytes do not begin with the 10-byte header of Avro single-object encoding"
              .formatted(bytes.length));
    }
    long fingerprint = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
    Version version = VERSIONS.get(fingerprint);
    if (version == null) {
      throw new UnknownSchemaException(fingerprint);
    }
    return version;
  }

  private static byte[] header(long fingerprint) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MARKER_0)
        .put(MARKER_1)
        .putLong(fingerprint)
        .array();
  }

  /** Finds the record classes through this class's loader, which may be that of a job's jar. */
  private static SpecificData data() {
    SpecificData data = new SpecificData(AvroCodec.class.getClassLoader());
    data.addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    return data;
  }

  private static Map<Long, Version> versions() {
    Map<Long, Version> versions = new HashMap<>();
    Stream.concat(SchemaStore.committedVersions().stream(), SchemaStore.CURRENT.stream())
        .forEach(
            writer ->
                versions.put(
                    SchemaStore.fingerprint(writer),
                    new Version(
                        writer,
                        new SpecificDatumReader<>(writer, SchemaStore.current(writer), DATA))));
    return Map.copyOf(versions);
  }
}

package io.segue.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TfRecordTest {

  @Property(tries = 50)
  void readsBackWhatWasWritten(
      @ForAll List<byte[]> records, @ForAll TfRecordCompression compression) throws IOException {
    List<byte[]> read = read(written(records, compression), compression);

    assertThat(read).hasSameSizeAs(records);
    for (int i = 0; i < records.size(); i++) {
      assertThat(read.get(i)).isEqualTo(records.get(i));
    }
  }

  @Test
  void readsOneRecordFromItsOffset() throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    long second;
    try (TfRecordWriter writer = new TfRecordWriter(Channels.newChannel(file))) {
      writer.write(bytes("first"));
      second = writer.write(bytes("second"));
      writer.write(bytes("third"));
    }

    byte[] tail = Arrays.copyOfRange(file.toByteArray(), (int) second, file.size());
    try (TfRecordReader reader =
        new TfRecordReader(channel(tail), "f", TfRecordCompression.NONE, second)) {
      assertThat(reader.read()).hasValue(bytes("second"));
      assertThat(reader.offset()).isEqualTo(second + 16 + 6);
    }
  }

  @Test
  void namesFileAndOffsetOfADamagedPayload() throws IOException {
    byte[] file = written(List.of(bytes("first"), bytes("second")), TfRecordCompression.NONE);
    file[file.length - 6] ^= 1;

    assertThatThrownBy(() -> read(file, TfRecordCompression.NONE))
        .isInstanceOfSatisfying(
            CorruptRecordException.class, e -> assertThat(e.offset()).isEqualTo(21 + 12))
        .hasMessageContaining("some.tfrecord")
        .hasMessageContaining("checksum of the payload");
  }

  @Test
  void namesTheOffsetOfADamagedLength() throws IOException {
    byte[] file = written(List.of(bytes("first"), bytes("second")), TfRecordCompression.NONE);
    file[21] ^= 1;

    assertThatThrownBy(() -> read(file, TfRecordCompression.NONE))
        .isInstanceOfSatisfying(
            CorruptRecordException.class, e -> assertThat(e.offset()).isEqualTo(21));
  }

  @Test
  void saysThatAFileWasCutInsideAHeader() throws IOException {
    byte[] file = written(List.of(bytes("first"), bytes("second")), TfRecordCompression.NONE);

    try (TfRecordReader reader =
        new TfRecordReader(channel(Arrays.copyOf(file, 21 + 7)), "some.tfrecord")) {
      assertThat(reader.read()).isPresent();
      assertThat(reader.read()).isEmpty();
      assertThat(reader.cutShort()).isTrue();
    }
  }

  @Test
  void refusesAPayloadCutShort() throws IOException {
    byte[] file = written(List.of(bytes("first")), TfRecordCompression.NONE);

    assertThatThrownBy(() -> read(Arrays.copyOf(file, 19), TfRecordCompression.NONE))
        .isInstanceOf(CorruptRecordException.class)
        .hasMessageContaining("cut short at byte 0");
  }

  private static byte[] written(List<byte[]> records, TfRecordCompression compression)
      throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (TfRecordWriter writer = new TfRecordWriter(Channels.newChannel(file), compression)) {
      for (byte[] record : records) {
        writer.write(record);
      }
    }
    return file.toByteArray();
  }

  private static List<byte[]> read(byte[] file, TfRecordCompression compression)
      throws IOException {
    List<byte[]> records = new ArrayList<>();
    try (TfRecordReader reader = new TfRecordReader(channel(file), "some.tfrecord", compression)) {
      for (Optional<byte[]> next = reader.read(); next.isPresent(); next = reader.read()) {
        records.add(next.get());
      }
    }
    return records;
  }

  private static ReadableByteChannel channel(byte[] bytes) {
    return Channels.newChannel(new ByteArrayInputStream(bytes));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

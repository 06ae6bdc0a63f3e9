package io.segue.model.metric;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The counts of a metric as bytes: its kind, the layout's version, then numbers, big-endian. */
final class MetricBytes {
  private static final int VERSION = 1;

  /** What a metric writes. */
  interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  /** What a metric reads. */
  interface Reader<T> {
    T read(DataInputStream in) throws IOException;
  }

  private MetricBytes() {}

  static byte[] write(String kind, Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(kind);
      out.writeByte(VERSION);
      body.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static <T> T read(String kind, byte[] state, Reader<T> reader) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
      String found = in.readUTF();
      int version = in.readByte();
      if (!found.equals(kind) || version != VERSION) {
        throw new IllegalArgumentException(
            "state of a '%s', layout %d, where one of a '%s', layout %d, is needed"
                .formatted(found, version, kind, VERSION));
      }
      T metric = reader.read(in);
      if (in.available() > 0) {
        throw new IllegalArgumentException(
            "state of a '%s' with %d bytes too many".formatted(kind, in.available()));
      }
      return metric;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%d bytes are no whole state of a '%s'".formatted(state.length, kind), e);
    }
  }

  static void write(DataOutputStream out, long[] values) throws IOException {
    for (long value : values) {
      out.writeLong(value);
    }
  }

  static void write(DataOutputStream out, double[] values) throws IOException {
    for (double value : values) {
      out.writeDouble(value);
    }
  }

  /** Fills {@code values}. */
  static void read(DataInputStream in, long[] values) throws IOException {
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readLong();
    }
  }

  /** Fills {@code values}. */
  static void read(DataInputStream in, double[] values) throws IOException {
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readDouble();
    }
  }

  /** A number of classes that the remaining bytes can hold. */
  static int classes(DataInputStream in) throws IOException {
    int classes = in.readInt();
    if (classes < 1 || classes > in.available()) {
      throw new IllegalArgumentException(
          "state of %d classes in %d bytes".formatted(classes, in.available()));
    }
    return classes;
  }
}

package io.segue.connectors.file;

/**
 * Where a record lies in a TFRecord file that is not compressed.
 *
 * @param offset of the record's header, in bytes
 * @param length of its payload, in bytes
 */
public record RecordPlace(long offset, int length) {
  private static final int FRAMING_BYTES = 16;

  /** Neither may be negative. */
  public RecordPlace {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException(
          "record at %d of %d bytes; neither may be negative".formatted(offset, length));
    }
  }

  /** Bytes that the record takes in the file: payload, length and checksums. */
  public int framedLength() {
    return length + FRAMING_BYTES;
  }
}

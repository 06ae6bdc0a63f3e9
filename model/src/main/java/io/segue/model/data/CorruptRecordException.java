package io.segue.model.data;

import java.io.IOException;

/** Bytes that claim to be TFRecords are not: names the file and the offset of the damage. */
public final class CorruptRecordException extends IOException {
  private final String file;
  private final long offset;

  CorruptRecordException(String file, long offset, String problem) {
    super("%s: %s at byte %d".formatted(file, problem, offset));
    this.file = file;
    this.offset = offset;
  }

  /** The name the reader was given for the file. */
  public String file() {
    return file;
  }

  /**
   * Offset in the uncompressed bytes: of the record where its header is damaged or its payload is
   * cut short, of the payload where only the payload is damaged.
   */
  public long offset() {
    return offset;
  }
}

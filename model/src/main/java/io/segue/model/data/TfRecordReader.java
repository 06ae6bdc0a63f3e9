package io.segue.model.data;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/**
 * Reads TFRecords one by one and never hands out a payload whose checksums do not match.
 *
 * <p>Like TensorFlow's reader it takes a file that ends inside a record header (fewer than 12 bytes
 * after the last record), or a compressed stream that is cut off, as complete; {@link #cutShort()}
 * tells. Everything else that is wrong is a {@link CorruptRecordException} with the byte offset.
 *
 * <p>Not thread-safe. Closing closes the channel.
 */
public final class TfRecordReader implements Closeable {
  /** Longest record accepted; a longer one is taken for damage. */
  public static final int MAX_RECORD_BYTES = 1 << 30;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int HEADER_BYTES = 12;
  private static final int FOOTER_BYTES = 4;

  private final String file;
  private final InputStream in;
  private long offset;
  private boolean cutShort;

  /**
   * Reads an uncompressed file from its beginning.
   *
   * @param file name for error messages
   */
  public TfRecordReader(ReadableByteChannel channel, String file) throws IOException {
    this(channel, file, TfRecordCompression.NONE, 0);
  }

  /** Reads a file from its beginning. */
  public TfRecordReader(ReadableByteChannel channel, String file, TfRecordCompression compression)
      throws IOException {
    this(channel, file, compression, 0);
  }

  /**
   * Reads from the record at which the channel stands.
   *
   * @param startOffset offset of that record in the uncompressed file; errors and {@link #offset()}
   *     count from there
   */
  public TfRecordReader(
      ReadableByteChannel channel, String file, TfRecordCompression compression, long startOffset)
      throws IOException {
    this.file = file;
    this.offset = startOffset;
    InputStream raw = Channels.newInputStream(channel);
    this.in =
        new BufferedInputStream(
            switch (compression) {
              case NONE -> raw;
              case GZIP -> gunzip(file, raw);
              case ZLIB -> new InflaterInputStream(raw);
            },
            BUFFER_BYTES);
  }

  private static InputStream gunzip(String file, InputStream raw) throws IOException {
    try {
      return new GZIPInputStream(raw, BUFFER_BYTES);
    } catch (IOException e) {
      IOException corrupt = new CorruptRecordException(file, 0, "not a GZIP stream");
      corrupt.initCause(e);
      throw corrupt;
    }
  }

  /**
   * The next record's payload, or empty at the end of the file.
   *
   * @throws CorruptRecordException if a checksum does not match or the payload is cut short
   */
  public Optional<byte[]> read() throws IOException {
    byte[] header = new byte[HEADER_BYTES];
    int headerBytes = readFully(header);
    if (headerBytes < HEADER_BYTES) {
      cutShort |= headerBytes > 0;
      return Optional.empty();
    }
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    long length = fields.getLong();
    if (fields.getInt() != MaskedCrc.of(header, 0, Long.BYTES)) {
      throw new CorruptRecordException(
          file,
          offset,
          offset == 0
              ? "wrong checksum of the record length (not a TFRecord file, or a compressed one?)"
              : "wrong checksum of the record length");
    }
    if (length < 0 || length > MAX_RECORD_BYTES) {
      throw new CorruptRecordException(
          file, offset, "record of %d bytes, limit %d".formatted(length, MAX_RECORD_BYTES));
    }
    byte[] payload = in.readNBytes((int) length);
    byte[] footer = new byte[FOOTER_BYTES];
    if (payload.length < length || readFully(footer) < FOOTER_BYTES) {
      throw new CorruptRecordException(
          file, offset, "record of %d bytes is cut short".formatted(length));
    }
    int stored = ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (stored != MaskedCrc.of(payload, 0, payload.length)) {
      throw new CorruptRecordException(
          file, offset + HEADER_BYTES, "wrong checksum of the payload");
    }
    offset += HEADER_BYTES + length + FOOTER_BYTES;
    return Optional.of(payload);
  }

  /** Offset of the next record in the uncompressed file. */
  public long offset() {
    return offset;
  }

  /** Whether the file ended inside a record header or a compressed stream broke off. */
  public boolean cutShort() {
    return cutShort;
  }

  private int readFully(byte[] target) throws IOException {
    int filled = 0;
    try {
      while (filled < target.length) {
        int count = in.read(target, filled, target.length - filled);
        if (count < 0) {
          break;
        }
        filled += count;
      }
    } catch (EOFException e) {
      cutShort = true;
    }
    return filled;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

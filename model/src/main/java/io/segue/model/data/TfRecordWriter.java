package io.segue.model.data;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Writes TFRecords that TensorFlow's own reader accepts: length, masked CRC-32C of the length,
 * payload, masked CRC-32C of the payload.
 *
 * <p>A record is durable only once {@link #flush()} or {@link #close()} has returned and the
 * channel makes it so. Not thread-safe. Closing closes the channel.
 */
public final class TfRecordWriter implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final OutputStream out;
  private long offset;

  /** Writes uncompressed records. */
  public TfRecordWriter(WritableByteChannel channel) throws IOException {
    this(channel, TfRecordCompression.NONE);
  }

  /** Writes records under the given compression of the whole file. */
  public TfRecordWriter(WritableByteChannel channel, TfRecordCompression compression)
      throws IOException {
    OutputStream raw = Channels.newOutputStream(channel);
    this.out =
        switch (compression) {
          case NONE -> new BufferedOutputStream(raw, BUFFER_BYTES);
          case GZIP -> new GZIPOutputStream(raw, BUFFER_BYTES);
          case ZLIB -> new DeflaterOutputStream(raw);
        };
  }

  /**
   * Appends one record.
   *
   * @return the record's offset in the uncompressed file, from where {@link TfRecordReader} can
   *     read it again
   */
  public long write(byte[] payload) throws IOException {
    long start = offset;
    ByteBuffer header = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(payload.length).putInt(MaskedCrc.of(header.array(), 0, 8));
    ByteBuffer footer = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    footer.putInt(MaskedCrc.of(payload, 0, payload.length));
    out.write(header.array());
    out.write(payload);
    out.write(footer.array());
    offset += 16L + payload.length;
    return start;
  }

  /** Bytes written so far, before compression: the offset of the next record. */
  public long offset() {
    return offset;
  }

  /** Hands all buffered bytes to the channel. */
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}

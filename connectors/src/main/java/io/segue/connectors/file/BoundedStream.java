package io.segue.connectors.file;

import java.io.IOException;
import java.io.InputStream;

/** The next bytes of a stream, so that a buffering reader takes no more than its own. */
final class BoundedStream extends InputStream {
  private final InputStream in;
  private int left;

  BoundedStream(InputStream in, int length) {
    this.in = in;
    this.left = length;
  }

  @Override
  public int read() throws IOException {
    int value = left == 0 ? -1 : in.read();
    left -= value < 0 ? 0 : 1;
    return value;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (left == 0) {
      return length == 0 ? 0 : -1;
    }
    int count = in.read(target, from, Math.min(length, left));
    left -= Math.max(count, 0);
    return count;
  }
}

package io.segue.model.golden;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.tensorflow.ndarray.Shape;

/** An array of a fixture; all its types fit float64 without loss. */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
public record GoldenTensor(long[] dimensions, double[] values) {

  public Shape shape() {
    return Shape.of(dimensions);
  }

  public int dimension(int index) {
    return (int) dimensions[index];
  }

  public float[] floats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  public long[] longs() {
    long[] longs = new long[values.length];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = (long) values[i];
    }
    return longs;
  }

  /** As uint8, for values 0–255. */
  public byte[] bytes() {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (int) values[i];
    }
    return bytes;
  }

  public ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes());
  }

  /** Row {@code index} of the first dimension. */
  public GoldenTensor row(int index) {
    long[] rest = Arrays.copyOfRange(dimensions, 1, dimensions.length);
    int size = (int) Shape.of(rest).size();
    return new GoldenTensor(rest, Arrays.copyOfRange(values, index * size, (index + 1) * size));
  }
}

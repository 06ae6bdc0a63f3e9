package io.segue.model.golden;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.Shape;

/** One array in NumPy's file format, version 1, C order, little-endian. */
public final class NpyArray {
  private static final Pattern HEADER =
      Pattern.compile("'descr': '([^']+)', 'fortran_order': (True|False), 'shape': \\(([^)]*)\\)");

  private final String type;
  private final Shape shape;
  private final ByteBuffer data;

  private NpyArray(String type, Shape shape, ByteBuffer data) {
    this.type = type;
    this.shape = shape;
    this.data = data;
  }

  /** Reads one {@code .npy} file. */
  public static NpyArray parse(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.getInt(0) != 0x4d554e93 || file[6] != 1) {
      throw new IllegalArgumentException("not a NumPy file of version 1");
    }
    int length = bytes.getShort(8) & 0xffff;
    String header = new String(file, 10, length, StandardCharsets.ISO_8859_1);
    Matcher match = HEADER.matcher(header);
    if (!match.find() || match.group(2).equals("True")) {
      throw new IllegalArgumentException("not an array in C order: " + header);
    }
    long[] sizes =
        Arrays.stream(match.group(3).split(","))
            .map(String::strip)
            .filter(size -> !size.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    ByteBuffer data = bytes.position(10 + length).slice().order(ByteOrder.LITTLE_ENDIAN);
    return new NpyArray(match.group(1), Shape.of(sizes), data);
  }

  /** The sizes; none for a scalar. */
  public Shape shape() {
    return shape;
  }

  /** The number of elements. */
  public int size() {
    return Math.toIntExact(shape.size());
  }

  /** Whether elements are floating-point. */
  public boolean floating() {
    return type.contains("f");
  }

  /** Element {@code index} in C order, as a number. */
  public double get(int index) {
    return switch (type) {
      case "<f8" -> data.getDouble(index * 8);
      case "<f4" -> data.getFloat(index * 4);
      case "<i8" -> data.getLong(index * 8);
      case "<i4" -> data.getInt(index * 4);
      case "<i2" -> data.getShort(index * 2);
      case "|u1" -> data.get(index) & 0xff;
      case "|i1", "|b1" -> data.get(index);
      default -> throw new IllegalArgumentException("elements of type " + type);
    };
  }

  /** All elements as float64. */
  public double[] doubles() {
    double[] values = new double[size()];
    Arrays.setAll(values, this::get);
    return values;
  }

  /** All elements as float32. */
  public float[] floats() {
    float[] values = new float[size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) get(i);
    }
    return values;
  }

  /** All elements as int32. */
  public int[] ints() {
    int[] values = new int[size()];
    Arrays.setAll(values, i -> (int) get(i));
    return values;
  }

  /** All elements as bytes. */
  public byte[] bytes() {
    byte[] values = new byte[size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) get(i);
    }
    return values;
  }

  @Override
  public String toString() {
    return type + shape;
  }
}

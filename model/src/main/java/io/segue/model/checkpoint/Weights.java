package io.segue.model.checkpoint;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * The float32 weights of a network by checkpoint key, such as {@code
 * backbone/layer_with_weights-0/_conv0/kernel}; immutable, in the order they were given.
 */
public final class Weights {
  private final Map<String, Tensor> tensors;

  private Weights(Map<String, Tensor> tensors) {
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** One weight: its shape and its values in C order. The values are shared, not copied. */
  public static final class Tensor {
    private final Shape shape;
    private final float[] values;

    /** A weight of {@code shape}; throws if {@code values} has another number of values. */
    public Tensor(Shape shape, float[] values) {
      if (shape.size() != values.length) {
        throw new IllegalArgumentException(
            "shape %s holds %d values, not %d".formatted(shape, shape.size(), values.length));
      }
      this.shape = shape;
      this.values = values;
    }

    /** A copy of a tensor, which stays open. */
    public static Tensor copyOf(TFloat32 tensor) {
      float[] values = new float[Math.toIntExact(tensor.size())];
      tensor.asRawTensor().data().asFloats().read(values);
      return new Tensor(tensor.shape(), values);
    }

    /** The shape; empty for a scalar. */
    public Shape shape() {
      return shape;
    }

    /** The values in C order; do not change them. */
    public float[] values() {
      return values;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Tensor it
          && shape.equals(it.shape)
          && Arrays.equals(values, it.values);
    }

    @Override
    public int hashCode() {
      return 31 * shape.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
      return "float32" + shape;
    }
  }

  /** Weights of the given tensors. */
  public static Weights of(Map<String, Tensor> tensors) {
    return new Weights(tensors);
  }

  /** All keys, in order. */
  public Set<String> keys() {
    return tensors.keySet();
  }

  /** All weights by key, in order. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** The number of values of all weights together. */
  public long size() {
    return tensors.values().stream().mapToLong(it -> it.shape().size()).sum();
  }

  /**
   * The values of one weight, in C order; do not change them.
   *
   * @throws CheckpointException if the key is absent or its shape another one
   */
  public float[] get(String key, Shape shape) {
    Tensor tensor = tensors.get(key);
    if (tensor == null) {
      throw new CheckpointException("no weights for '" + key + "' of shape " + shape);
    }
    if (!tensor.shape().equals(shape)) {
      throw new CheckpointException(
          "weights '%s' have shape %s, the network needs %s".formatted(key, tensor.shape(), shape));
    }
    return tensor.values();
  }

  /**
   * The weights of a network out of these, in its order.
   *
   * @throws CheckpointException if one is absent or has another shape
   */
  public Weights only(Map<String, Shape> wanted) {
    Map<String, Tensor> chosen = new LinkedHashMap<>();
    wanted.forEach((key, shape) -> chosen.put(key, new Tensor(shape, get(key, shape))));
    return new Weights(chosen);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Weights it && tensors.equals(it.tensors);
  }

  @Override
  public int hashCode() {
    return tensors.hashCode();
  }

  @Override
  public String toString() {
    return tensors.size() + " weights with " + size() + " values";
  }
}

package io.segue.model.golden;

import io.segue.model.checkpoint.Weights;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/** The rule by which weights and inputs of the fixtures follow from their names. */
public final class Filler {
  private Filler() {}

  /** Values in [-1, 1), fixed by {@code key}. */
  public static double[] uniform(String key, Shape shape) {
    long state = fnv1a64(key);
    double[] values = new double[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      long z = state + (i + 1) * 0x9E3779B97F4A7C15L;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      z = z ^ (z >>> 31);
      values[i] = (z >>> 11) * 0x1p-53 * 2 - 1;
    }
    return values;
  }

  /** The weight with this checkpoint key. */
  public static float[] weight(String key, Shape shape, double gain) {
    double[] u = uniform(key, shape);
    String leaf = key.substring(key.lastIndexOf('/') + 1);
    float[] values = new float[u.length];
    for (int i = 0; i < u.length; i++) {
      values[i] =
          (float)
              switch (leaf) {
                case "kernel", "pointwise_kernel" ->
                    u[i] * Math.sqrt(3.0 * shape.get(-1) / shape.size()) * gain;
                case "depthwise_kernel" ->
                    u[i] * Math.sqrt(3.0 / (shape.get(0) * shape.get(1))) * gain;
                case "gamma" -> 1.0 + 0.1 * u[i];
                case "moving_variance" -> 1.0 + 0.5 * Math.abs(u[i]);
                default -> 0.1 * u[i];
              };
    }
    return values;
  }

  /** The weights of these shapes, by checkpoint key. */
  public static Weights weights(Map<String, Shape> shapes, double gain) {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    shapes.forEach(
        (key, shape) -> tensors.put(key, new Weights.Tensor(shape, weight(key, shape, gain))));
    return Weights.of(tensors);
  }

  /** The input with this name, in [low, high). */
  public static float[] input(String name, Shape shape, double low, double high) {
    double[] u = uniform(name, shape);
    float[] values = new float[u.length];
    for (int i = 0; i < u.length; i++) {
      values[i] = (float) (low + (u[i] + 1.0) * 0.5 * (high - low));
    }
    return values;
  }

  private static long fnv1a64(String text) {
    long hash = 0xCBF29CE484222325L;
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xff)) * 0x100000001B3L;
    }
    return hash;
  }
}

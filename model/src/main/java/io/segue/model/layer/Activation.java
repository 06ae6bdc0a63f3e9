package io.segue.model.layer;

import io.segue.model.config.ConfigException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TFloat32;

/** Element-wise activations, by the reference's names in lower case. */
public enum Activation {
  /** max(x, 0). */
  RELU {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.nn.relu(x);
    }
  },
  /** min(max(x, 0), 6). */
  RELU6 {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.nn.relu6(x);
    }
  },
  /** x · sigmoid(x). */
  SWISH {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.math.mul(x, tf.math.sigmoid(x));
    }
  },
  /** x · relu6(x + 3) / 6. */
  HARD_SWISH {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.math.mul(x, scaledRelu6(tf, x, 1f / 6));
    }
  },
  /** relu6(x + 3) · 0.16667: the reference's literal, not 1/6. */
  HARD_SIGMOID {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return scaledRelu6(tf, x, 0.16667f);
    }
  },
  /** 1 / (1 + e^-x). */
  SIGMOID {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.math.sigmoid(x);
    }
  },
  /** Over the channels. */
  SOFTMAX {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.nn.softmax(x);
    }
  },
  /** x · tanh(softplus(x)). */
  MISH {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.math.mul(x, tf.math.tanh(tf.math.softplus(x)));
    }
  },
  /** x for x above 0, else 0.2 · x. */
  LEAKY_RELU {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.nn.leakyRelu(x, LeakyRelu.alpha(0.2f));
    }
  },
  /** x · Φ(x), the exact form, which the reference's layers use. */
  GELU {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      Operand<TFloat32> erf = tf.math.erf(tf.math.mul(x, tf.constant((float) Math.sqrt(0.5))));
      return tf.math.mul(tf.math.mul(x, tf.constant(0.5f)), tf.math.add(erf, tf.constant(1f)));
    }
  },
  /** The tanh approximation of {@link #GELU} that the reference's plain function is. */
  GELU_TANH {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      Operand<TFloat32> cubed = tf.math.mul(tf.math.mul(x, x), x);
      Operand<TFloat32> inner =
          tf.math.mul(
              tf.math.add(x, tf.math.mul(cubed, tf.constant(0.044715f))),
              tf.constant((float) Math.sqrt(2 / Math.PI)));
      return tf.math.mul(
          tf.math.mul(x, tf.constant(0.5f)), tf.math.add(tf.math.tanh(inner), tf.constant(1f)));
    }
  },
  /** tanh(x). */
  TANH {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.math.tanh(x);
    }
  },
  /** x. */
  IDENTITY {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return x;
    }
  };

  /**
   * This activation as the reference's function of its name, for parts that call the function and
   * no layer: {@link #GELU_TANH} for {@link #GELU}, every other as it is.
   */
  public Activation asFunction() {
    return this == GELU ? GELU_TANH : this;
  }

  /** Applies the activation. */
  public abstract Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x);

  /**
   * Finds an activation by its name in a configuration, such as {@code relu} or {@code swish}.
   *
   * @throws ConfigException for any other name
   */
  public static Activation named(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    if (key.equals("linear")) {
      return IDENTITY;
    }
    return Arrays.stream(values())
        .filter(it -> it.key().equals(key))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigException(
                    "activation '%s' is unknown; write one of %s, linear"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(Activation::key)
                                .collect(Collectors.joining(", ")))));
  }

  private String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static Operand<TFloat32> scaledRelu6(Ops tf, Operand<TFloat32> x, float factor) {
    Operand<TFloat32> clipped = tf.nn.relu6(tf.math.add(x, tf.constant(3f)));
    return tf.math.mul(clipped, tf.constant(factor));
  }
}

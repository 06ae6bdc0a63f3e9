package io.segue.model.head;

import io.segue.model.config.ConfigException;
import io.segue.model.config.MaskScoringConfig;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.layer.Conv;
import io.segue.model.layer.Initializer;
import io.segue.model.layer.Layers;
import io.segue.model.layer.NormActivation;
import io.segue.model.layer.Resampling;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Predicts from the logits how well each class is segmented (Huang et al. 2019; {@code MaskScoring}
 * of the reference's {@code segmentation_heads.py}). No gradient flows back into the logits.
 */
public final class MaskScoring {
  private static final Initializer DEPTHWISE = new Initializer.RandomNormal(0.01);
  private static final Initializer CONV =
      new Initializer.VarianceScaling(
          2, Initializer.Fan.OUT, Initializer.VarianceScaling.Distribution.UNTRUNCATED_NORMAL);
  private static final Initializer DENSE =
      new Initializer.VarianceScaling(
          1.0 / 3, Initializer.Fan.OUT, Initializer.VarianceScaling.Distribution.UNIFORM);

  private final MaskScoringConfig config;
  private final int classes;
  private final NormActivation style;

  /**
   * A scoring head for {@code classes} classes.
   *
   * @throws ConfigException if {@code fc_input_size} is not given
   */
  public MaskScoring(MaskScoringConfig config, int classes, NormActivationConfig normActivation) {
    this.config = config;
    this.classes = classes;
    this.style = NormActivation.of(normActivation).asFunction();
    if (config.fcInputSize().size() != 2
        || config.fcInputSize().stream().anyMatch(side -> side < 1)) {
      throw new ConfigException(
          "mask_scoring_head.fc_input_size: %s must be a height and a width, such as [128, 128]"
              .formatted(config.fcInputSize()));
    }
  }

  /**
   * Builds the head.
   *
   * @param logits {@code [batch, height, width, classes]}
   * @return predicted IoU, {@code [batch, classes]}
   */
  public Operand<TFloat32> build(Layers layers, String key, Operand<TFloat32> logits) {
    Ops tf = layers.tf();
    Operand<TFloat32> x = tf.stopGradient(logits);
    int layer = 0;
    for (int i = 0; i < config.numConvs(); i++) {
      if (config.useDepthwiseConvolution()) {
        x = conv(layers, key, layer++, Conv.depthwise(3).initializer(DEPTHWISE), x);
      }
      int kernel = config.useDepthwiseConvolution() ? 1 : 3;
      Conv conv = Conv.of(config.numFilters(), kernel).withBias().initializer(CONV);
      x = conv(layers, key, layer++, conv, x);
    }
    int height = config.fcInputSize().get(0);
    int width = config.fcInputSize().get(1);
    x = Resampling.bilinear(tf, x, tf.constant(new int[] {height, width}));
    int channels = config.numConvs() > 0 ? config.numFilters() : classes;
    x = tf.reshape(x, tf.constant(new int[] {-1, height * width * channels}));
    for (int i = 0; i < config.numFcs(); i++) {
      x = layers.dense(key + "/_fcs/" + i, config.fcDims(), DENSE, x);
      x = layers.norm(key + "/_fc_norms/" + i, style.norm(), x);
      x = style.activation().apply(tf, x);
    }
    return layers.dense(key + "/_classifier", classes, DEPTHWISE, x);
  }

  private Operand<TFloat32> conv(
      Layers layers, String key, int layer, Conv conv, Operand<TFloat32> x) {
    return style.conv(layers, key + "/_convs/" + layer, conv, key + "/_conv_norms/" + layer, x);
  }
}

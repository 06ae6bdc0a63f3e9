package io.segue.model.loss;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Cross-entropy over the labelled pixels, with the options and the numbers of the Model Garden's
 * {@code SegmentationLoss}: softmax or sigmoid form, label smoothing, class weights, an ignore
 * label, the hardest pixels only, matting maps.
 *
 * <p>The loss is the sum over valid pixels divided by their number (times the classes in the
 * sigmoid form) plus 1e-5: not by the sum of the class weights. Without valid pixels it is 0,
 * gradient included. A label that is neither ignored nor a class adds nothing in the softmax form,
 * but counts as a valid pixel.
 *
 * @param labelSmoothing share of the target spread evenly over all classes, 0–1
 * @param classWeights one factor a class; empty: all 1
 * @param ignoreLabel label of pixels that do not count
 * @param useGroundtruthDimension true: logits are resized bilinearly to the labels' size; false:
 *     labels to the logits' size, nearest
 * @param useBinaryCrossEntropy one sigmoid a class, so that labels may have several layers
 * @param topKPercentPixels share (0–1, despite the name) of all pixels, the hardest ones, that make
 *     the loss; 1: all
 * @param gtIsMattingMap labels are the probability of class 1 of 2
 */
public record SegmentationLoss(
    double labelSmoothing,
    List<Double> classWeights,
    int ignoreLabel,
    boolean useGroundtruthDimension,
    boolean useBinaryCrossEntropy,
    double topKPercentPixels,
    boolean gtIsMattingMap)
    implements Loss {

  private static final float EPSILON = 1e-5f;

  /** Checks the ranges. */
  public SegmentationLoss {
    classWeights = List.copyOf(classWeights);
    requireShare("labelSmoothing", labelSmoothing);
    requireShare("topKPercentPixels", topKPercentPixels);
  }

  private static void requireShare(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("%s %s is outside [0, 1]".formatted(name, value));
    }
  }

  /** Softmax cross-entropy at the labels' size, all pixels but those labelled {@code ignore}. */
  public static SegmentationLoss ignoring(int ignore) {
    return new SegmentationLoss(0, List.of(), ignore, true, false, 1, false);
  }

  @Override
  public Operand<TFloat32> value(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> labels) {
    int classes = Maps.classes(logits);
    check(classes, labels);
    Operand<TFloat32> x = logits;
    Operand<TFloat32> y = labels;
    if (useGroundtruthDimension) {
      x = Maps.bilinear(tf, logits, Maps.size(tf, labels));
    } else {
      y = Maps.nearest(tf, labels, Maps.size(tf, logits));
    }
    Operand<TInt32> indices = Maps.indices(tf, y);
    Operand<TFloat32> validLayers =
        Maps.number(tf, tf.math.notEqual(indices, tf.constant(ignoreLabel)));
    Operand<TFloat32> valid = tf.max(validLayers, tf.constant(3));
    Operand<TFloat32> target = smoothed(tf, target(tf, y, indices, validLayers, classes), classes);
    Operand<TFloat32> validPixels = Maps.total(tf, valid);
    if (useBinaryCrossEntropy) {
      Operand<TFloat32> losses =
          tf.math.mul(
              tf.math.mul(SigmoidCrossEntropy.elements(tf, x, target), weights(tf, classes)),
              tf.expandDims(valid, tf.constant(3)));
      return mean(tf, losses, tf.math.mul(validPixels, tf.constant((float) classes)));
    }
    Operand<TFloat32> losses =
        tf.math.mul(
            tf.math.mul(
                softmaxCrossEntropy(tf, x, target, classes), pixelWeights(tf, y, indices, classes)),
            valid);
    return mean(tf, losses, validPixels);
  }

  private void check(int classes, Operand<TFloat32> labels) {
    long layers = labels.shape().get(3);
    if (!useBinaryCrossEntropy && layers != 1) {
      throw new IllegalArgumentException(
          "labels with %d layers; more than one needs use_binary_cross_entropy".formatted(layers));
    }
    if (gtIsMattingMap && (classes != 2 || layers != 1)) {
      throw new IllegalArgumentException(
          "matting maps need 2 classes and 1 label layer, not %d and %d"
              .formatted(classes, layers));
    }
    if (!classWeights.isEmpty() && classWeights.size() != classes) {
      throw new IllegalArgumentException(
          "%d class_weights for %d classes".formatted(classWeights.size(), classes));
    }
  }

  /** {@code [batch, h, w, classes]}; a pixel that is ignored in all layers has an all-zero row. */
  private Operand<TFloat32> target(
      Ops tf,
      Operand<TFloat32> y,
      Operand<TInt32> indices,
      Operand<TFloat32> validLayers,
      int classes) {
    if (gtIsMattingMap) {
      return tf.concat(List.of(tf.math.sub(tf.constant(1f), y), y), tf.constant(3));
    }
    Operand<TFloat32> perLayer =
        tf.math.mul(Maps.oneHot(tf, indices, classes), tf.expandDims(validLayers, tf.constant(4)));
    return tf.max(perLayer, tf.constant(3));
  }

  private Operand<TFloat32> smoothed(Ops tf, Operand<TFloat32> target, int classes) {
    if (labelSmoothing == 0) {
      return target;
    }
    return tf.math.add(
        tf.math.mul(target, tf.constant((float) (1 - labelSmoothing))),
        tf.constant((float) (labelSmoothing / classes)));
  }

  private Operand<TFloat32> weights(Ops tf, int classes) {
    float[] weights = new float[classes];
    for (int c = 0; c < classes; c++) {
      weights[c] = classWeights.isEmpty() ? 1f : classWeights.get(c).floatValue();
    }
    return tf.constant(weights);
  }

  /** The class weight of each pixel; 0 where the label is no class. */
  private Operand<TFloat32> pixelWeights(
      Ops tf, Operand<TFloat32> y, Operand<TInt32> indices, int classes) {
    Operand<TInt32> classIndices =
        gtIsMattingMap
            ? tf.dtypes.cast(tf.math.greater(y, tf.constant(0.5f)), TInt32.class)
            : indices;
    Operand<TFloat32> rows = Maps.oneHot(tf, Maps.onlyLayer(tf, classIndices), classes);
    return tf.sum(tf.math.mul(rows, weights(tf, classes)), tf.constant(3));
  }

  /**
   * {@code [batch, h, w]}. TensorFlow's gradient assumes target rows that sum to 1; where they do
   * not, the pixel's weight or validity is 0 and removes it.
   */
  private static Operand<TFloat32> softmaxCrossEntropy(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> target, int classes) {
    Operand<TInt32> rows = tf.constant(new int[] {-1, classes});
    Operand<TFloat32> losses =
        tf.nn.softmaxCrossEntropyWithLogits(tf.reshape(x, rows), tf.reshape(target, rows)).loss();
    Operand<TInt32> maps =
        tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {3}));
    return tf.reshape(losses, maps);
  }

  private Operand<TFloat32> mean(Ops tf, Operand<TFloat32> losses, Operand<TFloat32> count) {
    if (topKPercentPixels >= 1) {
      return tf.math.div(Maps.total(tf, losses), tf.math.add(count, tf.constant(EPSILON)));
    }
    Operand<TFloat32> all = Maps.flat(tf, losses);
    Operand<TInt32> k =
        tf.dtypes.cast(
            tf.math.mul(
                tf.constant((float) topKPercentPixels),
                tf.dtypes.cast(tf.size(all), TFloat32.class)),
            TInt32.class);
    // TopK has no gradient: it only finds the places.
    Operand<TInt32> hardest = tf.nn.topK(tf.stopGradient(all), k, TInt32.class).indices();
    Operand<TFloat32> kept = tf.gather(all, hardest, tf.constant(0));
    Operand<TFloat32> keptCount = tf.math.minimum(tf.dtypes.cast(k, TFloat32.class), count);
    return tf.math.div(tf.sum(kept, tf.constant(0)), tf.math.add(keptCount, tf.constant(EPSILON)));
  }
}

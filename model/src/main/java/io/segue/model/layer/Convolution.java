package io.segue.model.layer;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.DepthwiseConv2dNative;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A {@link Conv} on a known number of channels, as the operations it consists of. */
record Convolution(List<Step> steps, int channelsOut) {

  /** One operation with one kernel. */
  record Step(Conv conv, boolean depthwise, String leaf, Shape kernelShape) {

    /**
     * The step with the dilation as an attribute: right forward, wrong in its gradient. Not so the
     * depthwise one, whose plain CPU kernel refuses the attribute, unless {@code dilatesDepthwise}:
     * oneDNN's kernel takes it.
     */
    Operand<TFloat32> forward(
        Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel, boolean dilatesDepthwise) {
      if (depthwise && conv.dilation() > 1 && !dilatesDepthwise) {
        return differentiable(tf, x, kernel);
      }
      return apply(tf, x, kernel, conv.padding(), conv.dilation());
    }

    /** The step with a right gradient. */
    Operand<TFloat32> differentiable(Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel) {
      if (conv.dilation() == 1) {
        return apply(tf, x, kernel, conv.padding(), 1);
      }
      Operand<TInt32> rate = tf.constant(new int[] {conv.dilation(), conv.dilation()});
      boolean same = conv.padding().equals("SAME");
      int[] before = {
        same ? conv.dilation() * (conv.kernelHeight() - 1) / 2 : 0,
        same ? conv.dilation() * (conv.kernelWidth() - 1) / 2 : 0
      };
      Operand<TInt32> pad = tf.constant(before);
      Operand<TInt32> extra = extra(tf, x, rate, before);
      Operand<TInt32> paddings =
          tf.stack(List.of(pad, tf.math.add(pad, extra)), org.tensorflow.op.core.Stack.axis(1L));
      Operand<TInt32> crops =
          tf.stack(List.of(tf.constant(new int[2]), extra), org.tensorflow.op.core.Stack.axis(1L));
      Operand<TFloat32> cells = tf.spaceToBatchNd(x, rate, paddings);
      return tf.batchToSpaceNd(apply(tf, cells, kernel, "VALID", 1), rate, crops);
    }

    /** What makes the padded height and width multiples of the rate. */
    private Operand<TInt32> extra(Ops tf, Operand<TFloat32> x, Operand<TInt32> rate, int[] before) {
      Shape shape = x.shape();
      if (shape.get(1) != Shape.UNKNOWN_SIZE && shape.get(2) != Shape.UNKNOWN_SIZE) {
        int r = conv.dilation();
        return tf.constant(
            new int[] {
              Math.floorMod(-(shape.get(1) + 2L * before[0]), r),
              Math.floorMod(-(shape.get(2) + 2L * before[1]), r)
            });
      }
      Operand<TInt32> size =
          tf.slice(tf.shape(x), tf.constant(new int[] {1}), tf.constant(new int[] {2}));
      Operand<TInt32> padded =
          tf.math.add(size, tf.constant(new int[] {2 * before[0], 2 * before[1]}));
      return tf.math.floorMod(tf.math.neg(padded), rate);
    }

    private Operand<TFloat32> apply(
        Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel, String padding, int dilation) {
      long stride = conv.stride();
      List<Long> strides = List.of(1L, stride, stride, 1L);
      List<Long> dilations = List.of(1L, (long) dilation, (long) dilation, 1L);
      if (depthwise) {
        return tf.nn.depthwiseConv2dNative(
            x, kernel, strides, padding, DepthwiseConv2dNative.dilations(dilations));
      }
      return tf.nn.conv2d(x, kernel, strides, padding, Conv2d.dilations(dilations));
    }
  }

  static Convolution of(Conv conv, int in) {
    long h = conv.kernelHeight();
    long w = conv.kernelWidth();
    return switch (conv.kind()) {
      case PLAIN ->
          new Convolution(
              List.of(new Step(conv, false, "kernel", Shape.of(h, w, in, conv.filters()))),
              conv.filters());
      case DEPTHWISE ->
          new Convolution(
              List.of(new Step(conv, true, "depthwise_kernel", Shape.of(h, w, in, 1))), in);
      case SEPARABLE -> {
        Conv pointwise = Conv.of(conv.filters(), 1);
        yield new Convolution(
            List.of(
                new Step(conv, true, "depthwise_kernel", Shape.of(h, w, in, 1)),
                new Step(pointwise, false, "pointwise_kernel", Shape.of(1, 1, in, conv.filters()))),
            conv.filters());
      }
    };
  }

  /** The last dimension of {@code x}, which has to be known. */
  static int channels(Operand<TFloat32> x) {
    long channels = x.shape().get(-1);
    if (channels == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          "the channels of %s with shape %s are not known when the graph is built"
              .formatted(x.op().name(), x.shape()));
    }
    return Math.toIntExact(channels);
  }
}

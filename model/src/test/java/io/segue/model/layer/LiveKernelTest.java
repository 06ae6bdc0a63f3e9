package io.segue.model.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.checkpoint.Weights;
import io.segue.model.golden.Filler;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class LiveKernelTest {
  private static final int CHANNELS = 2;

  private static LiveKernel live(Conv conv, long height, long width) {
    return LiveKernel.of(
        Convolution.of(conv, CHANNELS).steps().get(0), Shape.of(-1, height, width, CHANNELS));
  }

  @Test
  void tapsThatMeetPixelsStay() {
    Conv conv = Conv.of(3, 3).dilation(4);
    assertThat(live(conv, 5, 5).isWhole()).isTrue();
    assertThat(live(conv, Shape.UNKNOWN_SIZE, 5).isWhole()).isTrue();
    assertThat(live(conv.valid(), 4, 4).isWhole()).isTrue();
    assertThat(live(conv.dilation(1), 1, 1).isWhole()).isTrue();
    assertThat(live(conv, 5, 4).step().kernelShape()).isEqualTo(Shape.of(3, 1, CHANNELS, 3));
    assertThat(live(conv, 4, 4).step().conv().dilation()).isEqualTo(1);
  }

  /** Within 1e-6: sums of up to 50 products in float32. */
  @ParameterizedTest
  @CsvSource({"4, 9, 3, 4", "4, 5, 3, 4", "3, 2, 3, 3", "1, 8, 3, 2", "6, 7, 5, 3", "2, 13, 5, 6"})
  void theRestGivesTheWholeConvolution(int height, int width, int kernel, int dilation) {
    assertAgrees(Conv.of(3, kernel).dilation(dilation), height, width);
    assertAgrees(Conv.depthwise(kernel).dilation(dilation), height, width);
  }

  private static void assertAgrees(Conv conv, int height, int width) {
    assertThat(live(conv, height, width).isWhole()).isFalse();
    Convolution.Step step = Convolution.of(conv, CHANNELS).steps().get(0);
    Shape shape = Shape.of(1, height, width, CHANNELS);
    float[] image = Filler.input("image", shape, -2, 2);
    float[] kernel = Filler.input("kernel", step.kernelShape(), -1, 1);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Weights weights =
          Weights.of(Map.of("c/" + step.leaf(), new Weights.Tensor(step.kernelShape(), kernel)));
      Operand<TFloat32> y =
          new FrozenLayers(tf, weights).conv("c", conv, tf.constant(shape, DataBuffers.of(image)));
      try (Session session = new Session(graph);
          TFloat32 given = (TFloat32) session.runner().fetch(y).run().get(0)) {
        assertThat(given.shape())
            .isEqualTo(Shape.of(1, height, width, step.depthwise() ? CHANNELS : conv.filters()));
        given
            .scalars()
            .forEachIndexed(
                (at, it) ->
                    assertThat((double) it.getFloat())
                        .isCloseTo(wanted(step, image, shape, kernel, at), Offset.offset(1e-6)));
      }
    }
  }

  /** One output in float64, with zeros around the image. */
  private static double wanted(
      Convolution.Step step, float[] image, Shape shape, float[] kernel, long[] at) {
    int size = step.conv().kernelHeight();
    int outputs = (int) step.kernelShape().get(3);
    double sum = 0;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        long y = at[1] + (long) (i - size / 2) * step.conv().dilation();
        long x = at[2] + (long) (j - size / 2) * step.conv().dilation();
        boolean inside = y >= 0 && y < shape.get(1) && x >= 0 && x < shape.get(2);
        for (int c = 0; inside && c < CHANNELS; c++) {
          boolean reads = !step.depthwise() || c == at[3];
          int tap =
              ((i * size + j) * CHANNELS + c) * outputs + (step.depthwise() ? 0 : (int) at[3]);
          sum +=
              reads
                  ? (double) image[(int) ((y * shape.get(2) + x) * CHANNELS + c)] * kernel[tap]
                  : 0;
        }
      }
    }
    return sum;
  }
}

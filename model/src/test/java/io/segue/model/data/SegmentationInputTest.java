package io.segue.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.train.Shapes;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.tensorflow.types.TFloat32;

class SegmentationInputTest {
  private static final List<SegmentationExample> EXAMPLES = Shapes.examples(6, 1);
  private static final Size SIZE = new Size(32, 48);

  @Test
  void theSameSeedGivesTheSameBatchesOnAnyNumberOfThreads() throws InterruptedException {
    Photometric strong = new Photometric(0.2, 0.3, 0.4, 0.1);

    assertThat(images(strong, 1)).isEqualTo(images(strong, 4));
  }

  @Test
  void coloursChangeAndLabelsDoNot() throws InterruptedException {
    Photometric strong = new Photometric(0.2, 0.3, 0.4, 0.1);

    assertThat(images(strong, 1)).isNotEqualTo(images(Photometric.NONE, 1));
    assertThat(labels(strong)).isEqualTo(labels(Photometric.NONE));
  }

  @Test
  void aLabelOfAnotherSizeThanItsImageIsRefused() {
    SegmentationExample one = EXAMPLES.get(0);
    SegmentationExample other =
        new SegmentationExample("torn", one.image(), small(), one.height(), one.width());

    assertThatThrownBy(() -> first(other))
        .isInstanceOf(InvalidExampleException.class)
        .hasMessageContaining("'torn'")
        .hasMessageContaining("the label is 1×1, the image 64×96");
  }

  /** A grey PNG of one pixel. */
  private static byte[] small() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @Test
  void aLabelOutsideTheTaxonomyIsNamedWithItsPlace() {
    assertThatThrownBy(
            () -> {
              try (SegmentationInput input =
                  new SegmentationInput(
                      ExampleSource.of(EXAMPLES), options(Photometric.NONE, 1, 1))) {
                input.next().close();
              }
            })
        .isInstanceOf(InvalidExampleException.class)
        .hasMessageMatching(
            "example 'shape-1-\\d': label [12] at row \\d+, column \\d+ is neither one of 1 classes"
                + " nor the ignore value 255");
  }

  @Test
  void turningTheHueByAThirdExchangesTheChannels() {
    Pixels red = new Pixels(1, 1, 3, new byte[] {(byte) 200, 50, 50});
    Photometric hue = new Photometric(0, 0, 0, 0.5);
    float[] drawn = {0, 1, 1, 1 / 3f};
    int[] next = {0};

    assertThat(hue.applied(red, (low, high) -> drawn[next[0]++]).values())
        .containsExactly(50, (byte) 200, 50);
  }

  private static InputOptions options(Photometric photometric, int classes, int threads) {
    ParserOptions parser = Augmentation.DEFAULT.scaled(0.5, 1.5).parser(SIZE, 255, false);
    return new InputOptions(parser, photometric, classes, 3, threads, 2, 11, 0);
  }

  private static void first(SegmentationExample example) throws InterruptedException {
    try (SegmentationInput input =
        new SegmentationInput(
            ExampleSource.of(List.of(example)), options(Photometric.NONE, 3, 1))) {
      input.next().close();
    }
  }

  private static List<Float> images(Photometric photometric, int threads)
      throws InterruptedException {
    return values(photometric, threads, true);
  }

  private static List<Float> labels(Photometric photometric) throws InterruptedException {
    return values(photometric, 1, false);
  }

  private static List<Float> values(Photometric photometric, int threads, boolean images)
      throws InterruptedException {
    List<Float> values = new ArrayList<>();
    try (SegmentationInput input =
        new SegmentationInput(ExampleSource.of(EXAMPLES), options(photometric, 3, threads))) {
      for (int i = 0; i < 3; i++) {
        try (Batch batch = input.next()) {
          TFloat32 tensor = images ? batch.images() : batch.labels();
          tensor.scalars().forEach(each -> values.add(each.getFloat()));
        }
      }
    }
    return values;
  }
}

package io.segue.model.train;

import io.segue.model.config.ConfigReader;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.data.SegmentationExample;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Bright rectangles and dark discs on a noisy ground, and a network small enough to learn them. */
public final class Shapes {
  public static final int HEIGHT = 64;
  public static final int WIDTH = 96;
  private static final int[] COLOURS = {0x607060, 0xC04030, 0x3050C0};

  private Shapes() {}

  public static Taxonomy taxonomy() {
    return new Taxonomy(
        "shapes",
        1,
        List.of(
            new TaxonomyClass("ground", COLOURS[0]),
            new TaxonomyClass("rectangle", COLOURS[1]),
            new TaxonomyClass("disc", COLOURS[2])),
        255);
  }

  /** MobileNetV2 × 0.25 at output stride 16 with ASPP and the DeepLabV3+ head, all narrow. */
  public static ModelSpec spec() {
    String yaml =
        """
        num_classes: 3
        min_level: 4
        max_level: 4
        backbone:
          type: mobilenet
          mobilenet:
            model_id: MobileNetV2
            filter_size_scale: 0.25
            output_stride: 16
            output_intermediate_endpoints: true
        decoder:
          type: aspp
          aspp: {level: 4, dilation_rates: [2], num_filters: 16}
        head:
          level: 4
          num_convs: 1
          num_filters: 16
          feature_fusion: deeplabv3plus
          low_level: 2/depthwise
          low_level_num_filters: 8
        norm_activation: {activation: relu, norm_momentum: 0.9}
        """;
    return new ModelSpec(
        "shapes",
        ConfigReader.read(yaml, SegmentationModelConfig.DEFAULT),
        HEIGHT,
        WIDTH,
        taxonomy());
  }

  public static List<SegmentationExample> examples(int count, long seed) {
    List<SegmentationExample> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      examples.add(example("shape-" + seed + "-" + i, new SplittableRandom(seed * 1000 + i)));
    }
    return examples;
  }

  private static SegmentationExample example(String source, SplittableRandom random) {
    byte[] classes = new byte[HEIGHT * WIDTH];
    paint(classes, random, 1, (y, x, h, w) -> Math.abs(y) <= h && Math.abs(x) <= w);
    paint(classes, random, 2, (y, x, h, w) -> y * y + x * x <= h * h);
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    BufferedImage label = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < classes.length; i++) {
      int x = i % WIDTH;
      int y = i / WIDTH;
      int colour = COLOURS[classes[i]];
      int noisy = 0;
      for (int shift = 0; shift <= 16; shift += 8) {
        int value = (colour >> shift & 0xff) + random.nextInt(-30, 31);
        noisy |= Math.max(0, Math.min(255, value)) << shift;
      }
      image.setRGB(x, y, noisy);
      label.getRaster().setSample(x, y, 0, classes[i]);
    }
    return new SegmentationExample(source, png(image), png(label), HEIGHT, WIDTH);
  }

  private interface Form {
    boolean covers(int y, int x, int h, int w);
  }

  private static void paint(byte[] classes, SplittableRandom random, int index, Form form) {
    int centreY = random.nextInt(12, HEIGHT - 12);
    int centreX = random.nextInt(12, WIDTH - 12);
    int h = random.nextInt(8, 20);
    int w = random.nextInt(8, 20);
    for (int i = 0; i < classes.length; i++) {
      if (form.covers(i / WIDTH - centreY, i % WIDTH - centreX, h, w)) {
        classes[i] = (byte) index;
      }
    }
  }

  private static byte[] png(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}

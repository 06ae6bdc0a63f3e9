package io.segue.deploy.job;

import io.segue.connectors.image.ImageEncoder;
import io.segue.connectors.image.MaskCodec;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import java.nio.ByteBuffer;
import java.util.List;

/** Pictures of 64×48 pixels in three colours, each colour a class; a bar that moves with time. */
final class Halves {
  static final int WIDTH = 64;
  static final int HEIGHT = 48;
  static final Taxonomy TAXONOMY =
      new Taxonomy(
          "halves",
          1,
          List.of(
              new TaxonomyClass("dark", 0x202020),
              new TaxonomyClass("light", 0xe0e0e0),
              new TaxonomyClass("blue", 0x2020e0)),
          255);

  /** A network of their size that trains and serves within a second. */
  static final ModelSpec SPEC =
      new ModelSpec(
          "road",
          SegmentationModelConfig.parse(
              """
              num_classes: 3
              backbone: {type: mobilenet, mobilenet: {filter_size_scale: 0.1, output_stride: 16}}
              head: {level: 2, num_convs: 1, num_filters: 8}
              """),
          HEIGHT,
          WIDTH,
          TAXONOMY);

  private Halves() {}

  static byte[] classes(long sequence) {
    byte[] indices = new byte[WIDTH * HEIGHT];
    for (int i = 0; i < indices.length; i++) {
      int x = i % WIDTH;
      indices[i] = (byte) (x < (sequence * 7) % WIDTH ? 0 : i / WIDTH < HEIGHT / 2 ? 1 : 2);
    }
    return indices;
  }

  static byte[] image(long sequence) {
    ByteBuffer rgb = ByteBuffer.allocateDirect(3 * WIDTH * HEIGHT);
    for (byte index : classes(sequence)) {
      int colour = TAXONOMY.classes().get(index).rgb();
      rgb.put((byte) (colour >> 16)).put((byte) (colour >> 8)).put((byte) colour);
    }
    return ImageEncoder.encodePng(rgb.flip(), WIDTH, HEIGHT);
  }

  /** The label as the grey PNG that a person's tool writes. */
  static byte[] grey(long sequence) {
    return MaskCodec.encodeGrey(ByteBuffer.wrap(classes(sequence)), WIDTH, HEIGHT);
  }

  /** The mask as the indexed PNG that a model's masks are. */
  static byte[] indexed(long sequence) {
    return MaskCodec.encode(ByteBuffer.wrap(classes(sequence)), WIDTH, HEIGHT, TAXONOMY);
  }
}

package io.segue.model.evaluate;

import io.segue.model.config.Taxonomy;
import io.segue.model.data.InvalidExampleException;
import io.segue.model.data.PixelDecoder;
import io.segue.model.data.Pixels;
import io.segue.model.data.SegmentationExample;
import java.nio.ByteBuffer;

/** Examples decoded at their own size, their labels checked. */
final class ImagesWithLabels implements AutoCloseable {
  private final PixelDecoder decoder = new PixelDecoder();
  private final Taxonomy taxonomy;

  ImagesWithLabels(Taxonomy taxonomy) {
    this.taxonomy = taxonomy;
  }

  /** One of them: RGB in a direct buffer, and class indices. */
  record Decoded(ByteBuffer rgb, ByteBuffer truth, int height, int width) {}

  Decoded decode(SegmentationExample example) {
    Pixels image = decoder.image(example);
    Pixels label = decoder.label(example);
    if (image.height() != label.height() || image.width() != label.width()) {
      throw new InvalidExampleException(
          example.sourceId(),
          "the label is %d×%d, the image %d×%d; make them the same size"
              .formatted(label.height(), label.width(), image.height(), image.width()));
    }
    for (byte value : label.values()) {
      int index = value & 0xff;
      if (index >= taxonomy.size() && index != taxonomy.ignoreValue()) {
        throw new InvalidExampleException(
            example.sourceId(),
            "label %d is neither one of the %d classes of '%s' nor its ignore value %d"
                .formatted(index, taxonomy.size(), taxonomy.id(), taxonomy.ignoreValue()));
      }
    }
    ByteBuffer rgb = ByteBuffer.allocateDirect(image.values().length);
    rgb.put(image.values()).flip();
    return new Decoded(rgb, ByteBuffer.wrap(label.values()), image.height(), image.width());
  }

  @Override
  public void close() {
    decoder.close();
  }
}

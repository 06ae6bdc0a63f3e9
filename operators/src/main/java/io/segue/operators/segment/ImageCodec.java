package io.segue.operators.segment;

import io.segue.connectors.image.ImageDecoder;
import io.segue.connectors.image.ImageException;
import io.segue.connectors.image.ImageHeader;
import io.segue.connectors.image.ImageLimits;
import io.segue.connectors.image.MaskCodec;
import io.segue.model.config.Taxonomy;
import java.nio.ByteBuffer;

/** Pixels in and masks out, as the engine needs them. Thread-safe. */
interface ImageCodec {
  /** The size of an encoded image. */
  ImageHeader header(ByteBuffer encoded) throws FrameRefusedException;

  /**
   * Writes the pixels, {@code [height, width, 3]}, to the position of a direct buffer.
   *
   * @throws FrameRefusedException if the image is not whole or has another size
   */
  void decode(ByteBuffer encoded, int width, int height, ByteBuffer out)
      throws FrameRefusedException;

  /** A mask of class indices {@code [height, width]} as a file. */
  byte[] encode(ByteBuffer mask, int width, int height, Taxonomy taxonomy);

  /** JPEG and PNG in, indexed PNG out. */
  static ImageCodec of(ImageLimits limits) {
    return new ImageCodec() {
      @Override
      public ImageHeader header(ByteBuffer encoded) throws FrameRefusedException {
        try {
          return ImageHeader.read(encoded, limits);
        } catch (ImageException e) {
          throw refused(e);
        }
      }

      @Override
      public void decode(ByteBuffer encoded, int width, int height, ByteBuffer out)
          throws FrameRefusedException {
        ImageHeader header = header(encoded);
        if (header.width() != width || header.height() != height) {
          throw new IllegalStateException(
              "image of %d×%d pixels was placed in a batch of %d×%d"
                  .formatted(header.width(), header.height(), width, height));
        }
        try {
          ImageDecoder.decodeRgb(encoded, out, limits);
        } catch (ImageException e) {
          throw refused(e);
        }
      }

      @Override
      public byte[] encode(ByteBuffer mask, int width, int height, Taxonomy taxonomy) {
        return MaskCodec.encode(mask, width, height, taxonomy);
      }

      private FrameRefusedException refused(ImageException e) {
        return new FrameRefusedException(
            e.deadLetterCause(), e.getMessage() == null ? "" : e.getMessage());
      }
    };
  }
}

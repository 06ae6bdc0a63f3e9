package io.segue.operators.segment;

import io.segue.connectors.image.ImageHeader;
import io.segue.model.config.Taxonomy;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.ImageEncoding;
import java.nio.ByteBuffer;

/** Images of one colour in three bytes: width, height, red. A fourth byte makes one truncated. */
final class RawCodec implements ImageCodec {
  static ByteBuffer image(int width, int height, int red) {
    return ByteBuffer.wrap(new byte[] {(byte) width, (byte) height, (byte) red});
  }

  static ByteBuffer truncated(int width, int height) {
    return ByteBuffer.wrap(new byte[] {(byte) width, (byte) height, 0, 0});
  }

  @Override
  public ImageHeader header(ByteBuffer encoded) {
    return new ImageHeader(ImageEncoding.PNG, encoded.get(0), encoded.get(1));
  }

  @Override
  public void decode(ByteBuffer encoded, int width, int height, ByteBuffer out)
      throws FrameRefusedException {
    if (encoded.remaining() > 3) {
      throw new FrameRefusedException(DeadLetterCause.IMAGE_TRUNCATED, "breaks off");
    }
    for (int i = 0; i < 3 * width * height; i++) {
      out.put(out.position() + i, encoded.get(2));
    }
  }

  @Override
  public byte[] encode(ByteBuffer mask, int width, int height, Taxonomy taxonomy) {
    byte[] copy = new byte[mask.remaining()];
    mask.duplicate().get(copy);
    return copy;
  }
}

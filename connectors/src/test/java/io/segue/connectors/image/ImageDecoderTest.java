package io.segue.connectors.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.segue.schemas.avro.DeadLetterCause;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ImageDecoderTest {
  private static final int WIDTH = 96;
  private static final int HEIGHT = 64;
  private final ByteBuffer out = ByteBuffer.allocateDirect(WIDTH * HEIGHT * 3);

  @Test
  void bringsBackEveryPixelOfAPngInRgbOrder() {
    ByteBuffer pixels = TestImages.rgb(WIDTH, HEIGHT);
    ImageDecoder.decodeRgb(ByteBuffer.wrap(TestImages.png(WIDTH, HEIGHT)), out);
    assertThat(out).isEqualTo(pixels);
  }

  @Test
  void decodesAJpegLikeTheJdkDoes() throws IOException {
    byte[] jpeg = TestImages.jpeg(WIDTH, HEIGHT);
    BufferedImage expected = ImageIO.read(new ByteArrayInputStream(jpeg));
    ImageDecoder.decodeRgb(ByteBuffer.wrap(jpeg), out);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        for (int c = 0; c < 3; c++) {
          int actual = Byte.toUnsignedInt(out.get((y * WIDTH + x) * 3 + c));
          // Chroma upsampling and the inverse transform are the decoder's choice: 4 levels.
          assertThat(actual)
              .isBetween(
                  channel(expected.getRGB(x, y), c) - 4, channel(expected.getRGB(x, y), c) + 4);
        }
      }
    }
  }

  @Test
  void decodesFromADirectBufferAndMovesNoPosition() {
    byte[] png = TestImages.png(WIDTH, HEIGHT);
    ByteBuffer direct = ByteBuffer.allocateDirect(png.length + 3).position(3).put(png).flip();
    direct.position(3);
    ByteBuffer target = ByteBuffer.allocateDirect(out.capacity() + 7).position(7);
    ImageDecoder.decodeRgb(direct, target);
    assertThat(direct.position()).isEqualTo(3);
    assertThat(target.position()).isEqualTo(7);
    assertThat(target).isEqualTo(TestImages.rgb(WIDTH, HEIGHT));
  }

  @Test
  void makesThreeEqualChannelsOfGrey() {
    byte[] grey =
        TestImages.withJdk(TestImages.buffered(8, 8, BufferedImage.TYPE_BYTE_GRAY), "png", false);
    ImageDecoder.decodeRgb(ByteBuffer.wrap(grey), out);
    for (int i = 0; i < 8 * 8 * 3; i += 3) {
      assertThat(out.get(i)).isEqualTo(out.get(i + 1)).isEqualTo(out.get(i + 2));
    }
  }

  @Test
  void refusesAJpegCutAtAnyPlace() {
    byte[] jpeg = TestImages.jpeg(WIDTH, HEIGHT);
    for (int length = 2; length < jpeg.length; length++) {
      assertTruncated(Arrays.copyOf(jpeg, length));
    }
  }

  @Test
  void refusesAProgressiveJpegCutAtAnyPlace() {
    byte[] jpeg =
        TestImages.withJdk(
            TestImages.buffered(WIDTH, HEIGHT, BufferedImage.TYPE_3BYTE_BGR), "jpeg", true);
    ImageDecoder.decodeRgb(ByteBuffer.wrap(jpeg), out);
    for (int length = 2; length < jpeg.length; length++) {
      assertTruncated(Arrays.copyOf(jpeg, length));
    }
  }

  @Test
  void refusesAPngCutAtAnyPlace() {
    byte[] png = TestImages.png(WIDTH, HEIGHT);
    for (int length = 8; length < png.length; length++) {
      assertTruncated(Arrays.copyOf(png, length));
    }
  }

  @Test
  void refusesAPngWithAChangedByte() {
    byte[] png = TestImages.png(WIDTH, HEIGHT);
    png[png.length / 2] ^= 1;
    ImageException refused =
        catchThrowableOfType(
            ImageException.class, () -> ImageDecoder.decodeRgb(ByteBuffer.wrap(png), out));
    assertThat(refused.deadLetterCause()).isEqualTo(DeadLetterCause.NOT_AN_IMAGE);
  }

  @Test
  void toleratesBytesBehindTheEndOfAJpeg() {
    byte[] jpeg = TestImages.jpeg(WIDTH, HEIGHT);
    ImageHeader header =
        ImageDecoder.decodeRgb(ByteBuffer.wrap(Arrays.copyOf(jpeg, jpeg.length + 40)), out);
    assertThat(header.width()).isEqualTo(WIDTH);
  }

  @Test
  void survivesAnyChangedByteOfAJpeg() {
    byte[] jpeg = TestImages.jpeg(24, 24);
    for (int i = 0; i < jpeg.length; i++) {
      byte[] changed = jpeg.clone();
      changed[i] ^= (byte) 0x55;
      try {
        ImageDecoder.decodeRgb(ByteBuffer.wrap(changed), out, new ImageLimits(64, 2048));
      } catch (ImageException e) {
        assertThat(e.deadLetterCause()).isNotEqualTo(DeadLetterCause.UNKNOWN);
      }
    }
  }

  @Test
  void refusesABufferThatIsTooSmallOrOnTheHeap() {
    ByteBuffer png = ByteBuffer.wrap(TestImages.png(WIDTH, HEIGHT));
    assertThatThrownBy(() -> ImageDecoder.decodeRgb(png, ByteBuffer.allocateDirect(10)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("room for 10 bytes");
    assertThatThrownBy(() -> ImageDecoder.decodeRgb(png, ByteBuffer.allocate(1 << 20)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("heap");
  }

  private void assertTruncated(byte[] cut) {
    ImageException refused =
        catchThrowableOfType(
            ImageException.class, () -> ImageDecoder.decodeRgb(ByteBuffer.wrap(cut), out));
    assertThat(refused).as("cut to %d bytes", cut.length).isNotNull();
    assertThat(refused.deadLetterCause()).isEqualTo(DeadLetterCause.IMAGE_TRUNCATED);
  }

  private static int channel(int rgb, int c) {
    return (rgb >> (16 - 8 * c)) & 0xFF;
  }
}

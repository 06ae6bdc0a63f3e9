package io.segue.connectors.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.ImageEncoding;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class ImageHeaderTest {

  @Test
  void readsTheSizeOfAJpegAndAPng() {
    assertThat(ImageHeader.read(ByteBuffer.wrap(TestImages.jpeg(48, 36))))
        .isEqualTo(new ImageHeader(ImageEncoding.JPEG, 48, 36));
    assertThat(ImageHeader.read(ByteBuffer.wrap(TestImages.png(33, 17))))
        .isEqualTo(new ImageHeader(ImageEncoding.PNG, 33, 17));
  }

  @Test
  void readsAProgressiveJpegAndAGreyOne() {
    byte[] progressive =
        TestImages.withJdk(TestImages.buffered(20, 30, BufferedImage.TYPE_3BYTE_BGR), "jpeg", true);
    byte[] grey =
        TestImages.withJdk(
            TestImages.buffered(21, 31, BufferedImage.TYPE_BYTE_GRAY), "jpeg", false);
    assertThat(ImageHeader.read(ByteBuffer.wrap(progressive)).width()).isEqualTo(20);
    assertThat(ImageHeader.read(ByteBuffer.wrap(grey)).height()).isEqualTo(31);
  }

  @Test
  void readsBetweenPositionAndLimitAndLeavesThemWhereTheyAre() {
    byte[] jpeg = TestImages.jpeg(48, 36);
    ByteBuffer framed = ByteBuffer.allocateDirect(jpeg.length + 10);
    framed.position(5).put(jpeg).flip().position(5);
    assertThat(ImageHeader.read(framed).width()).isEqualTo(48);
    assertThat(framed.position()).isEqualTo(5);
    assertThat(framed.limit()).isEqualTo(jpeg.length + 5);
  }

  @Test
  void refusesABombBeforeDecoding() {
    byte[] png = TestImages.png(16, 16);
    ByteBuffer.wrap(png).putInt(16, 60_000).putInt(20, 60_000);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
    ImageException pngBomb = refused(png);
    assertThat(pngBomb.deadLetterCause()).isEqualTo(DeadLetterCause.IMAGE_TOO_LARGE);
    assertThat(pngBomb).hasMessageContaining("60000×60000").hasMessageContaining("8192 a side");

    byte[] jpeg = TestImages.jpeg(16, 16);
    int frameHeader = indexOf(jpeg, new byte[] {(byte) 0xFF, (byte) 0xC0});
    ByteBuffer.wrap(jpeg).putShort(frameHeader + 5, (short) 60_000);
    ByteBuffer.wrap(jpeg).putShort(frameHeader + 7, (short) 60_000);
    assertThat(refused(jpeg).deadLetterCause()).isEqualTo(DeadLetterCause.IMAGE_TOO_LARGE);
  }

  @Test
  void saysWhyItRefuses() {
    assertThat(refused(new byte[0]).deadLetterCause()).isEqualTo(DeadLetterCause.EMPTY_PAYLOAD);
    assertThat(refused("hello, world".getBytes(StandardCharsets.UTF_8)).deadLetterCause())
        .isEqualTo(DeadLetterCause.NOT_AN_IMAGE);
    assertThat(refused(new byte[] {1}).deadLetterCause()).isEqualTo(DeadLetterCause.NOT_AN_IMAGE);
    assertThat(refused(TestImages.gif()))
        .hasMessageContaining("GIF")
        .extracting(ImageException::deadLetterCause)
        .isEqualTo(DeadLetterCause.UNSUPPORTED_IMAGE);
    assertThat(refused("RIFF\1\2\3\4WEBPVP8 ".getBytes(StandardCharsets.ISO_8859_1)))
        .hasMessageContaining("WebP");
  }

  @Test
  void refusesAnAnimatedPng() {
    byte[] png = TestImages.png(16, 16);
    byte[] control = {0, 0, 0, 8, 'a', 'c', 'T', 'L', 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0};
    CRC32 crc = new CRC32();
    crc.update(control, 4, 12);
    ByteBuffer.wrap(control).putInt(16, (int) crc.getValue());
    ByteArrayOutputStream animated = new ByteArrayOutputStream();
    animated.write(png, 0, 33);
    animated.writeBytes(control);
    animated.write(png, 33, png.length - 33);
    assertThat(refused(animated.toByteArray()))
        .hasMessageContaining("animated")
        .extracting(ImageException::deadLetterCause)
        .isEqualTo(DeadLetterCause.UNSUPPORTED_IMAGE);
  }

  @Test
  void callsAHeaderThatIsCutTruncated() {
    byte[] jpeg = TestImages.jpeg(48, 36);
    int data = indexOf(jpeg, new byte[] {(byte) 0xFF, (byte) 0xC0});
    for (int length = 2; length < data + 10; length++) {
      assertThat(refused(Arrays.copyOf(jpeg, length)).deadLetterCause())
          .as("JPEG cut to %d bytes", length)
          .isEqualTo(DeadLetterCause.IMAGE_TRUNCATED);
    }
    byte[] png = TestImages.png(48, 36);
    for (int length = 8; length < 41; length++) {
      assertThat(refused(Arrays.copyOf(png, length)).deadLetterCause())
          .as("PNG cut to %d bytes", length)
          .isEqualTo(DeadLetterCause.IMAGE_TRUNCATED);
    }
  }

  @Test
  void survivesAnyChangedByteOfAHeader() {
    for (byte[] image : new byte[][] {TestImages.jpeg(16, 16), TestImages.png(16, 16)}) {
      for (int i = 0; i < Math.min(image.length, 700); i++) {
        for (int value : new int[] {0, 1, 0x7F, 0x80, 0xD9, 0xFF}) {
          byte[] changed = image.clone();
          changed[i] = (byte) value;
          try {
            ImageHeader.read(ByteBuffer.wrap(changed));
          } catch (ImageException e) {
            assertThat(e).hasMessageContaining(" ");
          }
        }
      }
    }
  }

  private static ImageException refused(byte[] encoded) {
    return catchThrowableOfType(
        ImageException.class, () -> ImageHeader.read(ByteBuffer.wrap(encoded)));
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; i < bytes.length - wanted.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }
}

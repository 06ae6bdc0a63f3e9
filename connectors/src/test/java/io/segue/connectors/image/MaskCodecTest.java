package io.segue.connectors.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.schemas.avro.DeadLetterCause;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskCodecTest {
  private static final Taxonomy TAXONOMY =
      new Taxonomy(
          "street-3",
          1,
          List.of(
              new TaxonomyClass("sky", 0x4682B4),
              new TaxonomyClass("road", 0x804080),
              new TaxonomyClass("car", 0x00008E)),
          255);

  @Property(tries = 50)
  void bringsBackAnyMask(
      @ForAll @IntRange(min = 1, max = 9) int width, @ForAll @Size(36) byte[] values) {
    int height = values.length / width;
    byte[] indices = Arrays.copyOf(values, width * height);
    DecodedMask mask = new DecodedMask(width, height, indices);
    ByteBuffer buffer = ByteBuffer.wrap(indices);
    assertThat(MaskCodec.decode(MaskCodec.encode(buffer, width, height, TAXONOMY))).isEqualTo(mask);
    assertThat(MaskCodec.decode(MaskCodec.encodeGrey(buffer, width, height))).isEqualTo(mask);
  }

  @Test
  void showsTheColoursOfTheTaxonomyInAnyViewer() throws IOException {
    byte[] indices = {0, 1, 2, (byte) 255};
    byte[] png = MaskCodec.encode(ByteBuffer.wrap(indices), 2, 2, TAXONOMY);
    BufferedImage seen = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(seen.getColorModel()).isInstanceOf(IndexColorModel.class);
    assertThat(
            new int[] {seen.getRGB(0, 0), seen.getRGB(1, 0), seen.getRGB(0, 1), seen.getRGB(1, 1)})
        .containsExactly(0xFF4682B4, 0xFF804080, 0xFF00008E, 0xFF000000);
  }

  @Test
  void aMaskLikeAnotherHasItsColours() {
    byte[] indices = {0, 1, 2, 1};
    byte[] other = {2, 2, 1, 0};
    byte[] mask = MaskCodec.encode(ByteBuffer.wrap(indices), 2, 2, TAXONOMY);
    assertThat(MaskCodec.encodeLike(ByteBuffer.wrap(mask), ByteBuffer.wrap(other)))
        .isEqualTo(MaskCodec.encode(ByteBuffer.wrap(other), 2, 2, TAXONOMY));
    byte[] grey = MaskCodec.encodeGrey(ByteBuffer.wrap(indices), 2, 2);
    assertThat(MaskCodec.encodeLike(ByteBuffer.wrap(grey), ByteBuffer.wrap(other)))
        .isEqualTo(MaskCodec.encodeGrey(ByteBuffer.wrap(other), 2, 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void readsIndexedMasksOfOtherWritersWithFewerBits(int bits) {
    int colours = 1 << bits;
    byte[] ramp = new byte[colours];
    IndexColorModel palette = new IndexColorModel(bits, colours, ramp, ramp, ramp);
    BufferedImage image =
        bits == 8
            ? new BufferedImage(13, 7, BufferedImage.TYPE_BYTE_INDEXED, palette)
            : new BufferedImage(13, 7, BufferedImage.TYPE_BYTE_BINARY, palette);
    byte[] expected = new byte[13 * 7];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (byte) (i * 5 % colours);
      image.getRaster().setSample(i % 13, i / 13, 0, expected[i]);
    }
    assertThat(MaskCodec.decode(TestImages.withJdk(image, "png", false)))
        .isEqualTo(new DecodedMask(13, 7, expected));
  }

  @Test
  void readsEveryRowFilterOfAnotherWriter() {
    // OpenCV chooses the filter row by row; a noisy picture makes it use several.
    BufferedImage grey = TestImages.buffered(61, 40, BufferedImage.TYPE_BYTE_GRAY);
    byte[] expected = (byte[]) grey.getRaster().getDataElements(0, 0, 61, 40, null);
    assertThat(MaskCodec.decode(TestImages.withJdk(grey, "png", false)).indices())
        .isEqualTo(expected);
  }

  @Test
  void refusesWhatHoldsNoClassIndices() {
    assertThat(refused(TestImages.png(8, 8)))
        .hasMessageContaining("colour type 2")
        .extracting(ImageException::deadLetterCause)
        .isEqualTo(DeadLetterCause.UNSUPPORTED_IMAGE);
    assertThat(refused(TestImages.jpeg(8, 8))).hasMessageContaining("mask is a JPEG");
  }

  @Test
  void refusesAMaskCutAtAnyPlace() {
    byte[] png = MaskCodec.encodeGrey(ByteBuffer.wrap(new byte[30 * 20]), 30, 20);
    for (int length = 8; length < png.length; length++) {
      assertThat(refused(Arrays.copyOf(png, length)).deadLetterCause())
          .as("cut to %d bytes", length)
          .isEqualTo(DeadLetterCause.IMAGE_TRUNCATED);
    }
  }

  @Test
  void refusesFewerPixelsThanTheHeaderDeclares() {
    byte[] small = MaskCodec.encodeGrey(ByteBuffer.wrap(new byte[30 * 20]), 30, 20);
    byte[] large = MaskCodec.encodeGrey(ByteBuffer.wrap(new byte[30 * 40]), 30, 40);
    System.arraycopy(large, 0, small, 0, 33);
    assertThat(refused(small)).hasMessageContaining("damaged");
  }

  @Test
  void refusesABufferOfAnotherSize() {
    assertThatThrownBy(() -> MaskCodec.encode(ByteBuffer.allocate(5), 2, 2, TAXONOMY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 bytes for an image of 2×2");
  }

  private static ImageException refused(byte[] png) {
    return catchThrowableOfType(ImageException.class, () -> MaskCodec.decode(png));
  }
}

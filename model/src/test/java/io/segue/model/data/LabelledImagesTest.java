package io.segue.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledImagesTest {
  private static final byte[] INDICES = {0, 1, 2, 1, 0, 3};

  @TempDir Path folder;

  @BeforeEach
  void writeFolder() throws IOException {
    Files.createDirectories(folder.resolve("frames"));
    Files.createDirectories(folder.resolve("labels"));
    for (String name : new String[] {"b", "a"}) {
      BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
      Files.write(folder.resolve("frames/" + name + ".png"), png(image));
      Files.write(folder.resolve("labels/" + name + ".png"), png(indexed(2)));
    }
  }

  /** Two bits a pixel, with a palette of bright colours. */
  private static BufferedImage indexed(int bits) {
    byte[] bright = {(byte) 200, (byte) 210, (byte) 220, (byte) 230};
    BufferedImage label =
        new BufferedImage(
            3,
            2,
            BufferedImage.TYPE_BYTE_BINARY,
            new IndexColorModel(bits, 4, bright, bright, bright));
    for (int i = 0; i < INDICES.length; i++) {
      label.getRaster().setSample(i % 3, i / 3, 0, INDICES[i]);
    }
    return label;
  }

  private static byte[] png(BufferedImage image) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  @Test
  void readsTheIndicesOfAPaletteAndNotItsColours() {
    SegmentationExample first = new LabelledImages(folder, false).open(0).findFirst().orElseThrow();

    assertThat(first.sourceId()).isEqualTo("a");
    assertThat(first.height()).isEqualTo(2);
    assertThat(first.width()).isEqualTo(3);
    try (PixelDecoder decoder = new PixelDecoder()) {
      assertThat(decoder.label(first).values()).isEqualTo(INDICES);
    }
  }

  @Test
  void keepsTheOrderOfTheNamesUnlessShuffled() {
    assertThat(SourcesOfExamples.names(new LabelledImages(folder, false), 7))
        .containsExactly("a", "b");
    assertThat(SourcesOfExamples.names(new LabelledImages(folder, true), 7))
        .containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void refusesAColourLabel() throws IOException {
    BufferedImage colour = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    Files.write(folder.resolve("labels/a.png"), png(colour));

    assertThatThrownBy(() -> SourcesOfExamples.names(new LabelledImages(folder, false), 0))
        .isInstanceOf(InvalidExampleException.class)
        .hasMessageContaining("example 'a'")
        .hasMessageContaining("class indices");
  }

  @Test
  void namesTheImageThatHasNoLabel() throws IOException {
    Files.delete(folder.resolve("labels/b.png"));

    assertThatThrownBy(() -> new LabelledImages(folder, false)).hasMessageContaining("b.png");
  }
}

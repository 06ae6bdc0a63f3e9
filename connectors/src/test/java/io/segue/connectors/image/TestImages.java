package io.segue.connectors.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Pictures with structure and a little noise, so that every block of them has something to say. */
final class TestImages {
  private TestImages() {}

  static ByteBuffer rgb(int width, int height) {
    Random random = new Random(7);
    ByteBuffer pixels = ByteBuffer.allocateDirect(width * height * 3);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        pixels.put((byte) (x * 255 / width));
        pixels.put((byte) (y * 255 / height));
        pixels.put((byte) (100 + random.nextInt(20)));
      }
    }
    return pixels.flip();
  }

  static byte[] jpeg(int width, int height) {
    return ImageEncoder.encodeJpeg(rgb(width, height), width, height, 90);
  }

  static byte[] png(int width, int height) {
    return ImageEncoder.encodePng(rgb(width, height), width, height);
  }

  static BufferedImage buffered(int width, int height, int type) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, 0xFF000000 | ((x * 5) << 16) | ((y * 3) << 8) | (x ^ y));
      }
    }
    return image;
  }

  /** Encodes with the JDK, as a witness that shares no code with this package. */
  static byte[] withJdk(BufferedImage image, String format, boolean progressive) {
    Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName(format);
    ImageWriter writer = writers.next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      if (progressive) {
        parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      }
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  static byte[] gif() {
    return withJdk(buffered(8, 8, BufferedImage.TYPE_INT_RGB), "gif", false);
  }
}

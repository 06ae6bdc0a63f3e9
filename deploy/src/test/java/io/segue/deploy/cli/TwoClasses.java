package io.segue.deploy.cli;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** A labelled folder of three pictures of 32×48 pixels: a red bar (class 1) on black. */
final class TwoClasses {
  private TwoClasses() {}

  static void write(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("frames"));
    Files.createDirectories(folder.resolve("labels"));
    for (int i = 0; i < 3; i++) {
      BufferedImage image = new BufferedImage(48, 32, BufferedImage.TYPE_INT_RGB);
      BufferedImage label = new BufferedImage(48, 32, BufferedImage.TYPE_BYTE_GRAY);
      for (int x = 8 * i; x < 8 * i + 16; x++) {
        for (int y = 0; y < 32; y++) {
          image.setRGB(x, y, Color.RED.getRGB());
          label.getRaster().setSample(x, y, 0, 1);
        }
      }
      ImageIO.write(image, "png", folder.resolve("frames/" + i + ".png").toFile());
      ImageIO.write(label, "png", folder.resolve("labels/" + i + ".png").toFile());
    }
  }
}

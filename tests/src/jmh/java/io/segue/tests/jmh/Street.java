package io.segue.tests.jmh;

import io.segue.connectors.image.ImageEncoder;
import io.segue.connectors.image.MaskCodec;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.MaskEncoding;
import io.segue.schemas.avro.TaxonomyRef;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A picture of 480×360 pixels and its mask of 19 classes, about as busy as a street: smooth regions
 * with ragged borders. The same for every run.
 */
public final class Street {
  public static final int WIDTH = 480;
  public static final int HEIGHT = 360;
  public static final int CLASSES = 19;
  public static final int STRIDE = 4;
  public static final Taxonomy TAXONOMY =
      new Taxonomy(
          "street-19",
          1,
          IntStream.range(0, CLASSES)
              .mapToObj(c -> new TaxonomyClass("class-" + c, 0x0D0B07 * c))
              .toList(),
          255);

  private Street() {}

  /** Logits {@code [height / 4, width / 4, classes]} of the frame at a time. */
  public static float[] logits(int time) {
    int height = HEIGHT / STRIDE;
    int width = WIDTH / STRIDE;
    Random random = new Random(7);
    Random noise = new Random(time);
    float[] logits = new float[height * width * CLASSES];
    for (int c = 0; c < CLASSES; c++) {
      double fx = 0.02 + 0.1 * random.nextDouble();
      double fy = 0.02 + 0.1 * random.nextDouble();
      double phase = 6 * random.nextDouble() + 0.02 * time;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double wave = Math.sin(fx * x + phase) + Math.cos(fy * y - phase);
          logits[(y * width + x) * CLASSES + c] = (float) (3 * wave + 0.2 * noise.nextGaussian());
        }
      }
    }
    return logits;
  }

  /** Class indices {@code [height, width]} of the frame at a time: its logits, upsampled. */
  public static byte[] indices(int time) {
    float[] logits = logits(time);
    byte[] indices = new byte[WIDTH * HEIGHT];
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        double most = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < CLASSES; c++) {
          double score = logit(logits, y, x, c);
          if (score > most) {
            most = score;
            indices[y * WIDTH + x] = (byte) c;
          }
        }
      }
    }
    return indices;
  }

  private static double logit(float[] logits, int y, int x, int c) {
    int width = WIDTH / STRIDE;
    double row = Math.max(0, (y + 0.5) / STRIDE - 0.5);
    double column = Math.max(0, (x + 0.5) / STRIDE - 0.5);
    int top = (int) row;
    int left = (int) column;
    int bottom = Math.min(top + 1, HEIGHT / STRIDE - 1);
    int right = Math.min(left + 1, width - 1);
    double shareY = row - top;
    double shareX = column - left;
    double above =
        logits[(top * width + left) * CLASSES + c] * (1 - shareX)
            + logits[(top * width + right) * CLASSES + c] * shareX;
    double below =
        logits[(bottom * width + left) * CLASSES + c] * (1 - shareX)
            + logits[(bottom * width + right) * CLASSES + c] * shareX;
    return above * (1 - shareY) + below * shareY;
  }

  /** The mask of a time as an indexed PNG. */
  public static byte[] png(int time) {
    return MaskCodec.encode(ByteBuffer.wrap(indices(time)), WIDTH, HEIGHT, TAXONOMY);
  }

  /** The picture as a JPEG, quality 80. */
  public static byte[] jpeg() {
    byte[] indices = indices(0);
    Random grain = new Random(5);
    ByteBuffer rgb = ByteBuffer.allocateDirect(3 * indices.length);
    for (byte index : indices) {
      int colour = TAXONOMY.classes().get(index).rgb();
      for (int shift = 16; shift >= 0; shift -= 8) {
        int value = (colour >> shift & 0xff) + grain.nextInt(16) - 8;
        rgb.put((byte) Math.max(0, Math.min(255, value)));
      }
    }
    return ImageEncoder.encodeJpeg(rgb.flip(), WIDTH, HEIGHT, 80);
  }

  /** The record of a mask. */
  public static Mask mask(int time) {
    return Mask.newBuilder()
        .setId(new FrameId("camera", 1L, (long) time))
        .setCaptureTime(Instant.ofEpochMilli(40L * time))
        .setModel("road")
        .setVersion(1)
        .setPlan("s1")
        .setTaxonomy(new TaxonomyRef(TAXONOMY.id(), TAXONOMY.version()))
        .setWidth(WIDTH)
        .setHeight(HEIGHT)
        .setEncoding(MaskEncoding.PNG_INDEXED)
        .setPayload(ByteBuffer.wrap(png(time)))
        .setOrdinal(time)
        .build();
  }
}

package io.segue.model.data;

/**
 * Random changes of colour in training, each drawn anew for each image; 0 leaves a property alone.
 * The ranges are those of {@code tf.image.random_brightness}, {@code random_contrast}, {@code
 * random_saturation} and {@code random_hue}; results are cut off at black and white.
 *
 * @param brightness largest amount added to or taken from every value, as a share of white, 0–1
 * @param contrast the distance to the image's mean is multiplied by {@code 1 - contrast} to {@code
 *     1 + contrast}, 0 to below 1
 * @param saturation the distance to grey is multiplied by {@code 1 - saturation} to {@code 1 +
 *     saturation}, 0 to below 1
 * @param hue largest turn of the hue, as a share of the colour circle, 0–0.5
 */
public record Photometric(double brightness, double contrast, double saturation, double hue) {
  /** Colours stay as they are. */
  public static final Photometric NONE = new Photometric(0, 0, 0, 0);

  /** Checks the ranges. */
  public Photometric {
    require("brightness", brightness, 1);
    require("contrast", contrast, Math.nextDown(1.0));
    require("saturation", saturation, Math.nextDown(1.0));
    require("hue", hue, 0.5);
  }

  private static void require(String name, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw new IllegalArgumentException(
          "photometric.%s is %s; it must be 0 to %s".formatted(name, value, most));
    }
  }

  private boolean changesNothing() {
    return brightness == 0 && contrast == 0 && saturation == 0 && hue == 0;
  }

  /** The image in other colours; always four draws, so that options do not shift each other's. */
  Pixels applied(Pixels rgb, Draws draws) {
    if (changesNothing()) {
      return rgb;
    }
    float added = draws.uniform((float) -brightness, (float) brightness) * 255;
    float stretched = draws.uniform((float) (1 - contrast), (float) (1 + contrast));
    float coloured = draws.uniform((float) (1 - saturation), (float) (1 + saturation));
    float turned = draws.uniform((float) -hue, (float) hue);
    return new Tone(added, stretched, coloured, turned).of(rgb);
  }

  /** One drawn change. */
  private record Tone(float added, float stretched, float coloured, float turned) {

    Pixels of(Pixels rgb) {
      byte[] from = rgb.values();
      byte[] to = new byte[from.length];
      float[] mean = mean(from);
      float[] matrix = turn();
      for (int i = 0; i < from.length; i += 3) {
        float r = toned(from[i], mean[0]);
        float g = toned(from[i + 1], mean[1]);
        float b = toned(from[i + 2], mean[2]);
        float grey = 0.299f * r + 0.587f * g + 0.114f * b;
        r = grey + (r - grey) * coloured;
        g = grey + (g - grey) * coloured;
        b = grey + (b - grey) * coloured;
        to[i] = cut(matrix[0] * r + matrix[1] * g + matrix[2] * b);
        to[i + 1] = cut(matrix[2] * r + matrix[0] * g + matrix[1] * b);
        to[i + 2] = cut(matrix[1] * r + matrix[2] * g + matrix[0] * b);
      }
      return new Pixels(rgb.height(), rgb.width(), rgb.channels(), to);
    }

    private float toned(byte value, float mean) {
      return ((value & 0xff) - mean) * stretched + mean + added;
    }

    private static float[] mean(byte[] values) {
      long[] sums = new long[3];
      for (int i = 0; i < values.length; i++) {
        sums[i % 3] += values[i] & 0xff;
      }
      float pixels = values.length / 3f;
      return new float[] {sums[0] / pixels, sums[1] / pixels, sums[2] / pixels};
    }

    /** First row of the rotation about the grey axis; the others are its cyclic shifts. */
    private float[] turn() {
      double angle = 2 * Math.PI * turned;
      double third = (1 - Math.cos(angle)) / 3;
      double side = Math.sin(angle) / Math.sqrt(3);
      return new float[] {
        (float) (Math.cos(angle) + third), (float) (third - side), (float) (third + side)
      };
    }

    private static byte cut(float value) {
      return (byte) Math.round(Math.max(0, Math.min(255, value)));
    }
  }
}

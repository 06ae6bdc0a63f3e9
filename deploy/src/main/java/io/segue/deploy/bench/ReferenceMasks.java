package io.segue.deploy.bench;

import io.segue.model.config.Plan;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What each version makes of each picture, inferred apart from the job: shows which of them really
 * made a mask, whatever the mask says.
 */
final class ReferenceMasks {
  private static final double SAME = 0.98;

  private final List<byte[][]> masks = new ArrayList<>();

  /**
   * Infers all pictures by the first versions, whose weights the later ones have in turn.
   *
   * @throws IllegalStateException if two versions make the same of a picture, so that nothing could
   *     be told from masks
   */
  static ReferenceMasks of(BenchStage stage, BenchPictures pictures, int weights) {
    ReferenceMasks reference = new ReferenceMasks();
    for (long version = 1; version <= weights; version++) {
      try (ServingModel model = stage.load(version, pictures.rgbOf(0))) {
        reference.masks.add(infer(model, pictures));
      }
    }
    reference.requireDifference(pictures);
    return reference;
  }

  private static byte[][] infer(ServingModel model, BenchPictures pictures) {
    int pixels = pictures.width() * pictures.height();
    byte[][] made = new byte[pictures.jpegs().size()][pixels];
    for (int i = 0; i < made.length; i++) {
      ByteBuffer rgb = pictures.rgbOf(i);
      try (Segmentation result =
          model.segment(rgb, 1, pictures.height(), pictures.width(), Plan.SINGLE)) {
        result.mask(0).get(made[i]);
      }
    }
    return made;
  }

  private void requireDifference(BenchPictures pictures) {
    for (long version = 2; version <= masks.size(); version++) {
      for (int i = 0; i < pictures.jpegs().size(); i++) {
        if (agreement(masks(version)[i], masks(version - 1)[i]) > SAME) {
          throw new IllegalStateException(
              "versions %d and %d make the same mask of picture %d; train them apart"
                  .formatted(version - 1, version, i));
        }
      }
    }
  }

  private byte[][] masks(long version) {
    return masks.get(BenchStage.weightsOf(version, masks.size()));
  }

  /** Whether a mask of a picture is closest to what the weights of this version make of it. */
  boolean isOf(long version, int picture, byte[] mask) {
    double own = agreement(mask, masks(version)[picture]);
    return masks.stream().allMatch(made -> agreement(mask, made[picture]) <= own);
  }

  private static double agreement(byte[] a, byte[] b) {
    int equal = 0;
    for (int i = 0; i < a.length; i++) {
      equal += a[i] == b[i] ? 1 : 0;
    }
    return (double) equal / a.length;
  }
}

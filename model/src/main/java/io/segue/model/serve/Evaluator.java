package io.segue.model.serve;

import io.segue.model.config.Plan;
import io.segue.model.config.Taxonomy;
import io.segue.model.data.InvalidExampleException;
import io.segue.model.data.PixelDecoder;
import io.segue.model.data.Pixels;
import io.segue.model.data.SegmentationExample;
import io.segue.model.metric.ConfusionMatrix;
import java.nio.ByteBuffer;

/** Scores a serving model on labelled images, at the images' own size. */
public final class Evaluator {
  private Evaluator() {}

  /**
   * Runs the model on every example and counts each labelled pixel.
   *
   * @param plan how frames are inferred
   * @return counts over the taxonomy's classes; ignored pixels are left out
   * @throws io.segue.model.data.InvalidExampleException if an example cannot be decoded, or its
   *     label has another size than its image
   */
  public static ConfusionMatrix evaluate(
      ServingModel model, Iterable<SegmentationExample> examples, Plan plan) {
    Taxonomy taxonomy = model.spec().taxonomy();
    ConfusionMatrix counts = new ConfusionMatrix(taxonomy.size());
    try (PixelDecoder decoder = new PixelDecoder()) {
      for (SegmentationExample example : examples) {
        Pixels image = decoder.image(example);
        Pixels label = decoder.label(example);
        if (image.height() != label.height() || image.width() != label.width()) {
          throw new InvalidExampleException(
              example.sourceId(),
              "the label has %d×%d pixels, the image %d×%d"
                  .formatted(label.height(), label.width(), image.height(), image.width()));
        }
        ByteBuffer rgb = ByteBuffer.allocateDirect(image.values().length);
        rgb.put(image.values()).flip();
        try (Segmentation segmentation =
            model.segment(rgb, 1, image.height(), image.width(), plan)) {
          counts.add(ByteBuffer.wrap(label.values()), segmentation.mask(0), taxonomy.ignoreValue());
        }
      }
    }
    return counts;
  }
}

package io.segue.deploy.bench.bare;

import io.segue.connectors.image.ImageDecoder;
import io.segue.deploy.demo.footage.Footage;
import io.segue.deploy.demo.footage.LabelledFolder;
import io.segue.deploy.demo.footage.SyntheticStreets;
import io.segue.model.config.Taxonomy;
import io.segue.model.data.SegmentationExample;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Distinct labelled images that are measured with.
 *
 * @param taxonomy of the labels
 * @param examples encoded images and labels
 */
record BenchFrames(Taxonomy taxonomy, List<SegmentationExample> examples) {
  /** How many distinct frames there are at least. */
  static final int FEWEST = 64;

  private static final int STREETS_HEIGHT = 360;
  private static final int STREETS_WIDTH = 480;

  BenchFrames {
    examples = List.copyOf(examples);
    if (examples.size() < FEWEST) {
      throw new IllegalArgumentException(
          "%d frames; a measurement takes %d or more distinct ones"
              .formatted(examples.size(), FEWEST));
    }
  }

  /** Frames from all over a labelled folder, or synthetic streets. */
  static BenchFrames of(Optional<Path> folder) {
    Footage footage =
        folder
            .<Footage>map(it -> new LabelledFolder(it, 1, 1))
            .orElseGet(
                () ->
                    new SyntheticStreets(
                        new SyntheticStreets.Settings(
                            3, 2, STREETS_WIDTH, STREETS_HEIGHT, 2, 1e9, 1, 1)));
    List<SegmentationExample> all = footage.beforehand();
    List<SegmentationExample> examples = new ArrayList<>();
    for (int i = 0; i < Math.min(FEWEST, all.size()); i++) {
      examples.add(all.get(i * all.size() / FEWEST));
    }
    return new BenchFrames(footage.taxonomy(), examples);
  }

  /** All frames one after the other, {@code [frames, height, width, 3]}; nearest pixels. */
  ByteBuffer pixels(int height, int width) {
    ByteBuffer all = ByteBuffer.allocateDirect(examples.size() * height * width * 3);
    for (SegmentationExample example : examples) {
      ByteBuffer source = ByteBuffer.allocateDirect(3 * example.height() * example.width());
      ImageDecoder.decodeRgb(ByteBuffer.wrap(example.image()), source);
      for (int y = 0; y < height; y++) {
        int row = y * example.height() / height * example.width();
        for (int x = 0; x < width; x++) {
          int from = 3 * (row + x * example.width() / width);
          all.put(source.get(from)).put(source.get(from + 1)).put(source.get(from + 2));
        }
      }
    }
    return all.flip();
  }
}

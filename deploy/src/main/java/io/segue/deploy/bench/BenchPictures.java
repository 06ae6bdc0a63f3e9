package io.segue.deploy.bench;

import io.segue.connectors.image.ImageDecoder;
import io.segue.deploy.demo.footage.SyntheticStreets;
import io.segue.model.config.Taxonomy;
import io.segue.model.data.SegmentationExample;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The frames of a measurement: a few different JPEGs of a synthetic street, shown in turn, so that
 * making them costs nothing while the clock runs.
 *
 * @param width in pixels
 * @param height in pixels
 * @param jpegs encoded frames
 * @param taxonomy of what is on them
 * @param examples other labelled frames of that street, for a network to learn from
 */
record BenchPictures(
    int width,
    int height,
    List<byte[]> jpegs,
    Taxonomy taxonomy,
    List<SegmentationExample> examples) {
  private static final int COUNT = 8;
  private static final double SECONDS_BETWEEN = 5;

  /** Pictures of this size; the same arguments give the same ones. */
  static BenchPictures of(int width, int height) {
    SyntheticStreets streets =
        new SyntheticStreets(
            new SyntheticStreets.Settings(
                11, 1, width, height, 1 / SECONDS_BETWEEN, 1_000_000, 1, 1));
    String stream = streets.streams().get(0);
    List<byte[]> jpegs = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      jpegs.add(streets.shot(stream, i).image());
    }
    return new BenchPictures(
        width, height, List.copyOf(jpegs), streets.taxonomy(), streets.beforehand());
  }

  /** The number of the picture that a frame shows. */
  int indexOf(long sequence) {
    return (int) (sequence % jpegs.size());
  }

  byte[] jpegOf(long sequence) {
    return jpegs.get(indexOf(sequence));
  }

  /** The pixels of one picture, {@code [height, width, 3]}. */
  ByteBuffer rgbOf(int index) {
    ByteBuffer rgb = ByteBuffer.allocateDirect(3 * width * height);
    ImageDecoder.decodeRgb(ByteBuffer.wrap(jpegs.get(index)), rgb);
    return rgb.clear();
  }
}

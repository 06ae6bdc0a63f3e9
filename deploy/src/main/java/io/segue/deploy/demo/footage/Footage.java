package io.segue.deploy.demo.footage;

import io.segue.model.config.Taxonomy;
import io.segue.model.data.SegmentationExample;
import java.util.List;

/** A number of cameras that can be played at a steady rate. Safe for use by several threads. */
public interface Footage {
  /** The classes that its truth is written in. */
  Taxonomy taxonomy();

  /** The stream of each camera. */
  List<String> streams();

  /**
   * Returns the image that a camera takes. The same arguments give the same image.
   *
   * @param stream one of {@link #streams()}
   * @param sequence number of the frame, from 0
   */
  Shot shot(String stream, long sequence);

  /** Labelled images from before the cameras start: what a first version can be trained on. */
  List<SegmentationExample> beforehand();

  /** Labelled images that are never trained on: what versions are compared on in the end. */
  List<SegmentationExample> holdout();
}

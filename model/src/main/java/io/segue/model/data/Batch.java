package io.segue.model.data;

import java.util.List;
import org.tensorflow.types.TFloat32;

/** What one training step is fed. Owns its tensors; close it after the step. */
public final class Batch implements AutoCloseable {
  private final TFloat32 images;
  private final TFloat32 labels;
  private final List<String> sources;

  Batch(TFloat32 images, TFloat32 labels, List<String> sources) {
    this.images = images;
    this.labels = labels;
    this.sources = List.copyOf(sources);
  }

  /** Normalised images, {@code [batch, height, width, 3]}. */
  public TFloat32 images() {
    return images;
  }

  /** Class indices as floats, {@code [batch, height, width, 1]}. */
  public TFloat32 labels() {
    return labels;
  }

  /** Where each example comes from. */
  public List<String> sources() {
    return sources;
  }

  @Override
  public void close() {
    images.close();
    labels.close();
  }
}

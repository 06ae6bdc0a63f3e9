package io.segue.operators.replay;

import java.util.Locale;
import java.util.Optional;

/** What a labelled frame is used for. */
public enum Part {
  /** Goes to the replay buffer: models are trained on it. */
  TRAINING,
  /** Goes to the holdout: models are judged on it and never trained on it. */
  HOLDOUT,
  /** Too close to a block of the other kind: only scored, used for neither. */
  GUARD;

  /** Attribute of a frame by which its producer sets the part, as data sets with a split do. */
  public static final String ATTRIBUTE = "part";

  /** The part with this {@link #id}, if there is one. */
  public static Optional<Part> parse(String id) {
    for (Part part : values()) {
      if (part.id().equals(id)) {
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }

  /** Name in records, files and metrics: {@code training}, {@code holdout} or {@code guard}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.segue.connectors.registry;

import java.io.IOException;

/**
 * A file of a model is missing or is not the one that was stored: the model must not be used, and
 * no repetition will help.
 */
public final class CorruptVersionException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;

  CorruptVersionException(String model, String file, String what) {
    super("%s: %s %s; publish it again".formatted(model, file, what));
    this.file = file;
  }

  /** The file at fault, relative to the model's directory. */
  public String file() {
    return file;
  }
}

package io.segue.model.config;

/** A configuration that cannot be used; the message names the key, the value and the remedy. */
public final class ConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Reports {@code message}. */
  public ConfigException(String message) {
    super(message);
  }

  /** Reports {@code message}, caused by {@code cause}. */
  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.segue.connectors.registry;

/**
 * One file of a model.
 *
 * @param path relative to the model's directory, with {@code /} between parts
 * @param length bytes
 * @param sha256 of its bytes, 64 lower-case hexadecimal digits
 */
public record StoredFile(String path, long length, String sha256) {
  /** The path must stay inside the directory. */
  public StoredFile {
    if (!path.matches("[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")) {
      throw new IllegalArgumentException(
          "'%s' is no path inside a model's directory".formatted(path));
    }
    if (length < 0 || !sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "file '%s': %d bytes with SHA-256 '%s'".formatted(path, length, sha256));
    }
  }
}

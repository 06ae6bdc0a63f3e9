package io.segue.connectors.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.UUID;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystem.WriteMode;
import org.apache.flink.core.fs.Path;

/**
 * Writes and reads files as a whole. A reader never sees a half of one: the bytes go to a hidden
 * name beside the file and take its name when all are written.
 */
public final class WholeFile {
  private WholeFile() {}

  /** What fills a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; closing the stream is the caller's. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes a file, in place of one of that name. */
  public static void write(Path file, byte[] bytes) throws IOException {
    write(file, out -> out.write(bytes));
  }

  /** Writes a file, in place of one of that name; if the content fails, nothing is left. */
  public static void write(Path file, Content content) throws IOException {
    Path hidden = hidden(file);
    try {
      try (OutputStream out = fileSystem(file).create(hidden, WriteMode.NO_OVERWRITE)) {
        content.writeTo(out);
      }
      rename(hidden, file);
    } catch (IOException | RuntimeException e) {
      discard(hidden, e);
      throw e;
    }
  }

  /**
   * Reads a file.
   *
   * @throws java.io.FileNotFoundException if it is not there
   * @throws IOException if it cannot be read or is longer than {@code maxBytes}
   */
  public static byte[] read(Path file, long maxBytes) throws IOException {
    FileStatus status = fileSystem(file).getFileStatus(file);
    if (status.getLen() > maxBytes) {
      throw new IOException(
          "file %s has %d bytes, the limit is %d".formatted(file, status.getLen(), maxBytes));
    }
    try (InputStream in = fileSystem(file).open(file)) {
      return in.readNBytes(Math.toIntExact(maxBytes));
    }
  }

  static FileSystem fileSystem(Path file) throws IOException {
    return FileSystem.get(file.toUri());
  }

  /** A name in the same directory that listings leave out and nobody else chooses. */
  static Path hidden(Path file) {
    return new Path(file.getParent(), "." + file.getName() + "." + UUID.randomUUID());
  }

  static void rename(Path from, Path to) throws IOException {
    FileSystem fileSystem = fileSystem(to);
    if (!fileSystem.rename(from, to)) {
      // Hadoop's file systems do not replace: the older file has the same right to the name.
      fileSystem.delete(to, false);
      if (!fileSystem.rename(from, to)) {
        throw new IOException("file %s cannot be renamed to %s".formatted(from, to));
      }
    }
  }

  static void discard(Path hidden, Exception reason) {
    try {
      fileSystem(hidden).delete(hidden, false);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }
}

package io.segue.connectors.registry;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A model's directory on the local disk: it is downloaded beside and takes its name when all files
 * are there. Several processes may want the same one at once.
 */
final class LocalCopy {
  private LocalCopy() {}

  /**
   * Copies the listed files, unless they are there already.
   *
   * @param what the model, for errors
   * @throws CorruptVersionException if a file is missing or changed where they come from
   */
  static void fetch(
      String what, List<StoredFile> files, org.apache.flink.core.fs.Path from, Path localDir)
      throws IOException {
    if (holds(localDir, files)) {
      return;
    }
    Path target = localDir.toAbsolutePath();
    Path part = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      ModelFiles.download(what, files, from, part);
      putInPlace(part, target, files);
    } finally {
      delete(part);
    }
  }

  /** Another process may have been faster; what it has put there may be in use and stays. */
  private static void putInPlace(Path part, Path target, List<StoredFile> files)
      throws IOException {
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!holds(target, files)) {
        delete(target);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private static boolean holds(Path directory, List<StoredFile> files) throws IOException {
    return Files.isDirectory(directory) && ModelFiles.list(directory).containsAll(files);
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}

package io.segue.connectors.registry;

import io.segue.connectors.file.WholeFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Copies the files of one model between directories and hashes them on the way. */
final class ModelFiles {
  /** Large, because a load is on its way to live meanwhile and each call into the system counts. */
  private static final int BUFFER_BYTES = 1 << 18;

  private ModelFiles() {}

  /** Uploads a local directory: variables first, the graph last, so that a half is no model. */
  static List<StoredFile> upload(java.nio.file.Path from, Path to) throws IOException {
    List<StoredFile> files = new ArrayList<>();
    for (String file : localFiles(from)) {
      files.add(copy(() -> Files.newInputStream(from.resolve(file)), file, new Path(to, file)));
    }
    return files;
  }

  /**
   * Copies the listed files between directories of the registry.
   *
   * @param model for errors
   * @throws CorruptVersionException if a file is missing or has another hash than listed
   */
  static void copy(String model, List<StoredFile> files, Path from, Path to) throws IOException {
    for (StoredFile file : files) {
      Path source = new Path(from, file.path());
      verify(model, file, () -> copy(() -> open(source), file.path(), new Path(to, file.path())));
    }
  }

  /**
   * Downloads the listed files.
   *
   * @param model for errors
   * @throws CorruptVersionException if a file is missing or has another hash than listed
   */
  static void download(String model, List<StoredFile> files, Path from, java.nio.file.Path to)
      throws IOException {
    for (StoredFile file : files) {
      java.nio.file.Path target = to.resolve(file.path());
      Files.createDirectories(target.toAbsolutePath().getParent());
      verify(
          model,
          file,
          () -> {
            try (InputStream in = open(new Path(from, file.path()));
                OutputStream out = Files.newOutputStream(target)) {
              return transfer(in, out, file.path());
            }
          });
    }
  }

  /** What is in a local directory, as it would be listed. */
  static List<StoredFile> list(java.nio.file.Path directory) throws IOException {
    List<StoredFile> files = new ArrayList<>();
    for (String file : localFiles(directory)) {
      try (InputStream in = Files.newInputStream(directory.resolve(file))) {
        files.add(transfer(in, OutputStream.nullOutputStream(), file));
      }
    }
    return files;
  }

  /** Relative paths of all files but hidden ones: variables, then the rest, then the graph. */
  private static List<String> localFiles(java.nio.file.Path directory) throws IOException {
    try (Stream<java.nio.file.Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString().replace('\\', '/'))
          .filter(file -> !file.startsWith(".") && !file.contains("/."))
          .sorted(Comparator.comparing(ModelFiles::rank).thenComparing(file -> file))
          .toList();
    }
  }

  private static int rank(String file) {
    return file.startsWith("variables/") ? 0 : file.equals("saved_model.pb") ? 2 : 1;
  }

  private interface Source {
    InputStream open() throws IOException;
  }

  private interface Copy {
    StoredFile run() throws IOException;
  }

  private static InputStream open(Path file) throws IOException {
    return FileSystem.get(file.toUri()).open(file);
  }

  private static StoredFile copy(Source source, String path, Path target) throws IOException {
    StoredFile[] copied = new StoredFile[1];
    WholeFile.write(
        target,
        out -> {
          try (InputStream in = source.open()) {
            copied[0] = transfer(in, out, path);
          }
        });
    return copied[0];
  }

  private static void verify(String model, StoredFile expected, Copy copy) throws IOException {
    StoredFile actual;
    try {
      actual = copy.run();
    } catch (FileNotFoundException | java.nio.file.NoSuchFileException e) {
      throw new CorruptVersionException(model, expected.path(), "is missing");
    }
    if (!actual.equals(expected)) {
      throw new CorruptVersionException(
          model,
          expected.path(),
          "has %d bytes with SHA-256 %s, the manifest says %d with %s"
              .formatted(actual.length(), actual.sha256(), expected.length(), expected.sha256()));
    }
  }

  private static StoredFile transfer(InputStream in, OutputStream out, String path)
      throws IOException {
    DigestOutputStream digest = new DigestOutputStream(out, sha256());
    byte[] buffer = new byte[BUFFER_BYTES];
    long length = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      digest.write(buffer, 0, read);
      length += read;
    }
    return new StoredFile(
        path, length, HexFormat.of().formatHex(digest.getMessageDigest().digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

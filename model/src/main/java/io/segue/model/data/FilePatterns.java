package io.segue.model.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Paths as a configuration writes them: a file, a folder, a pattern with {@code *}, {@code ?} or
 * {@code [abc]}, or several of these separated by commas.
 */
public final class FilePatterns {
  private static final String WILD = "*?[{";

  private FilePatterns() {}

  /**
   * The files and folders meant, each pattern's in the order of their names.
   *
   * @throws IllegalArgumentException if a path does not exist or a pattern matches nothing
   */
  public static List<Path> expand(String patterns) {
    List<Path> found = new ArrayList<>();
    for (String pattern : patterns.split(",", -1)) {
      String text = pattern.strip();
      if (text.isEmpty()) {
        throw new IllegalArgumentException(
            "input path '%s' has an empty part; write files, folders or patterns, separated by commas"
                .formatted(patterns));
      }
      found.addAll(isWild(text) ? matching(text) : List.of(existing(text)));
    }
    return List.copyOf(found);
  }

  private static boolean isWild(String text) {
    return text.chars().anyMatch(c -> WILD.indexOf(c) >= 0);
  }

  private static Path existing(String text) {
    Path path = Path.of(text);
    if (!Files.exists(path)) {
      throw new IllegalArgumentException("input path '%s' does not exist".formatted(text));
    }
    return path;
  }

  private static List<Path> matching(String pattern) {
    String[] steps = pattern.split("/", -1);
    int fixed = 0;
    while (!isWild(steps[fixed])) {
      fixed++;
    }
    String parent = String.join("/", List.of(steps).subList(0, fixed));
    Path root = Path.of(fixed > 0 && parent.isEmpty() ? "/" : parent);
    String rest = String.join("/", List.of(steps).subList(fixed, steps.length));
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + rest);
    Path start = root.toString().isEmpty() ? Path.of(".") : root;
    if (!Files.isDirectory(start)) {
      throw new IllegalArgumentException(
          "input path '%s': there is no folder '%s'".formatted(pattern, start));
    }
    try (Stream<Path> files = Files.walk(start, steps.length - fixed)) {
      List<Path> found =
          files.filter(file -> matcher.matches(start.relativize(file))).sorted().toList();
      if (found.isEmpty()) {
        throw new IllegalArgumentException("input path '%s' matches no file".formatted(pattern));
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException("input path '" + pattern + "' cannot be listed", e);
    }
  }
}

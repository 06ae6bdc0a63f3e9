package io.segue.model.serve.openvino;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds OpenVINO's C library in what one is likely to name when asked where OpenVINO is. */
final class LibrarySearch {
  /**
   * {@code libopenvino_c.so}, {@code libopenvino_c.so.2641}, {@code libopenvino_c.2641.dylib}, …
   */
  private static final Pattern NAME =
      Pattern.compile(
          "libopenvino_c\\.so(?:\\.([0-9.]+))?"
              + "|libopenvino_c(?:\\.([0-9.]+))?\\.dylib"
              + "|openvino_c\\.dll");

  /** Below an environment of Python, a Python package, or OpenVINO's own archive. */
  private static final List<String> BELOW =
      List.of("", "libs", "openvino/libs", "lib", "runtime/lib/intel64", "runtime/lib/arm64");

  private LibrarySearch() {}

  /**
   * The library in a folder; the newest of several.
   *
   * @param place the library itself, the folder it lies in, the Python package {@code openvino},
   *     the {@code site-packages} around it, or an unpacked archive of OpenVINO
   */
  static Optional<Path> in(Path place) {
    if (Files.isRegularFile(place)) {
      return Optional.of(place.toAbsolutePath());
    }
    return BELOW.stream()
        .map(place::resolve)
        .filter(Files::isDirectory)
        .flatMap(folder -> newest(folder).stream())
        .findFirst();
  }

  private static Optional<Path> newest(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(it -> NAME.matcher(it.getFileName().toString()).matches())
          .max(
              Comparator.comparing(LibrarySearch::version, LibrarySearch::byNumber)
                  .thenComparing(Path::toString))
          .map(Path::toAbsolutePath);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list '" + folder + "'", e);
    }
  }

  private static List<Integer> version(Path library) {
    Matcher name = NAME.matcher(library.getFileName().toString());
    if (!name.matches()) {
      return List.of();
    }
    String version =
        Stream.of(1, 2).map(name::group).filter(it -> it != null).findFirst().orElse("");
    return Stream.of(version.split("\\."))
        .filter(it -> !it.isEmpty())
        .map(Integer::valueOf)
        .toList();
  }

  private static int byNumber(List<Integer> a, List<Integer> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int order = Integer.compare(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.size(), b.size());
  }
}

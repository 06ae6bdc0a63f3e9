package io.segue.model.serve.openvino;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibrarySearchTest {
  @TempDir Path place;

  private Path file(String path) throws IOException {
    Path file = place.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.createFile(file);
  }

  @Test
  void findsTheLibraryInAPythonPackageAndAroundIt() throws IOException {
    Path library = file("openvino/libs/libopenvino_c.so.2641");
    file("openvino/libs/libopenvino.so.2641");
    assertThat(LibrarySearch.in(place)).contains(library);
    assertThat(LibrarySearch.in(place.resolve("openvino"))).contains(library);
    assertThat(LibrarySearch.in(place.resolve("openvino/libs"))).contains(library);
    assertThat(LibrarySearch.in(library)).contains(library);
  }

  @Test
  void takesTheNewestOfSeveral() throws IOException {
    file("lib/libopenvino_c.so");
    file("lib/libopenvino_c.so.2025.4.1");
    Path newest = file("lib/libopenvino_c.so.2025.10.0");
    file("lib/libopenvino_c.so.2025.9.0");
    assertThat(LibrarySearch.in(place)).contains(newest);
  }

  @Test
  void findsNothingWhereThereIsNothing() throws IOException {
    file("lib/libopenvino.so");
    assertThat(LibrarySearch.in(place)).isEmpty();
    assertThat(LibrarySearch.in(place.resolve("missing"))).isEmpty();
    assertThat(OpenVino.find(place.toString())).isEmpty();
  }
}

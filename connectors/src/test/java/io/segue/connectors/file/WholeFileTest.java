package io.segue.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  @TempDir private Path dir;

  @Test
  void replacesAFileOfThatName() throws IOException {
    WholeFile.write(file("a"), new byte[] {1});
    WholeFile.write(file("a"), new byte[] {2, 3});
    assertThat(WholeFile.read(file("a"), 10)).containsExactly(2, 3);
  }

  @Test
  void keepsTheOldFileAndNothingElseIfTheContentFails() throws IOException {
    WholeFile.write(file("a"), new byte[] {1});
    assertThatThrownBy(
            () ->
                WholeFile.write(
                    file("a"),
                    out -> {
                      out.write(new byte[100]);
                      throw new IOException("no more");
                    }))
        .hasMessage("no more");
    assertThat(WholeFile.read(file("a"), 10)).containsExactly(1);
    assertThat(dir.toFile().list()).containsExactly("a");
  }

  @Test
  void refusesAFileAboveTheLimitAndOneThatIsNotThere() throws IOException {
    WholeFile.write(file("a"), new byte[11]);
    assertThatThrownBy(() -> WholeFile.read(file("a"), 10))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("11 bytes, the limit is 10");
    assertThatThrownBy(() -> WholeFile.read(file("b"), 10))
        .isInstanceOf(FileNotFoundException.class);
  }

  private org.apache.flink.core.fs.Path file(String name) {
    return new org.apache.flink.core.fs.Path(dir.resolve(name).toUri());
  }
}

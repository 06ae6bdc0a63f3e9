package io.segue.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDirectoryTest {
  @TempDir Path directory;

  @Test
  void keepsTheCheckpointBeforeWhenTheDiskIsFull() throws IOException {
    CheckpointDirectory checkpoints = new CheckpointDirectory(directory);
    checkpoints.save(1, file -> write(file, ".index", ".data-00000-of-00001"));

    assertThatThrownBy(
            () ->
                checkpoints.save(
                    2,
                    file -> {
                      write(file, ".data-00000-of-00001");
                      throw new IllegalStateException("No space left on device");
                    }))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("checkpoint of step 2")
        .hasMessageContaining("the one before is kept")
        .hasRootCauseMessage("No space left on device");

    assertThat(files()).containsExactly("latest", "step-1.data-00000-of-00001", "step-1.index");
    assertThat(Files.readString(directory.resolve("latest"))).isEqualTo("1");
  }

  @Test
  void replacesTheCheckpointBeforeOnceTheNextIsComplete() throws IOException {
    CheckpointDirectory checkpoints = new CheckpointDirectory(directory);
    checkpoints.save(1, file -> write(file, ".index"));
    checkpoints.save(10, file -> write(file, ".index"));

    assertThat(files()).containsExactly("latest", "step-10.index");
  }

  private static void write(Path file, String... endings) {
    try {
      for (String ending : endings) {
        Files.writeString(Path.of(file + ending), ending);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}

package io.segue.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.golden.Filler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;

class CheckpointFileTest {
  private static final Map<String, Shape> SHAPES = shapes();

  @TempDir Path directory;
  private Path prefix;
  private Weights written;

  private static Map<String, Shape> shapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("backbone/stem/kernel", Shape.of(3, 3, 3, 8));
    shapes.put("backbone/stem/bias", Shape.of(8));
    shapes.put("head/scale", Shape.scalar());
    return shapes;
  }

  @BeforeEach
  void write() throws IOException {
    prefix = directory.resolve("variables");
    written = Filler.weights(SHAPES, 1);
    CheckpointWriter.write(prefix, written);
  }

  @Test
  void readsWhatWasWritten() {
    assertThat(CheckpointFile.open(prefix).read(SHAPES)).isEqualTo(written);
  }

  @Test
  void readsAPart() {
    Map<String, Shape> part = Map.of("backbone/stem/bias", Shape.of(8));
    CheckpointFile file = CheckpointFile.open(prefix);
    assertThat(file.read(part)).isEqualTo(written.only(part));
    assertThat(file.unread(part.keySet()))
        .hasSize(2)
        .allMatch(key -> key.endsWith(CheckpointFile.VALUE));
  }

  @Test
  void namesEveryDifference() {
    Map<String, Shape> other = new LinkedHashMap<>(SHAPES);
    other.put("backbone/stem/bias", Shape.of(9));
    other.put("head/kernel", Shape.of(1));
    assertThatThrownBy(() -> CheckpointFile.open(prefix).read(other))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("2 of 4 weights differ")
        .hasMessageContaining("backbone/stem/bias: has shape [8], the network needs [9]")
        .hasMessageContaining("head/kernel: missing");
  }

  @Test
  void refusesADamagedTensor() throws IOException {
    Path data = Path.of(prefix + ".data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    for (int at = bytes.length / 4; at < bytes.length; at++) {
      bytes[at] ^= 1;
    }
    Files.write(data, bytes);
    assertThatThrownBy(() -> CheckpointFile.open(prefix).read(SHAPES))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(prefix.toString())
        .hasMessageContaining("cannot be read");
  }

  @Test
  void refusesAMissingCheckpoint() {
    assertThatThrownBy(() -> CheckpointFile.open(directory.resolve("none")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("none.index is missing");
  }
}

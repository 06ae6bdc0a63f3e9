package io.segue.deploy.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * What a user would write instead: a Python loop that decodes a frame, infers it and encodes the
 * mask, without a broker, a checkpoint or an order to keep.
 */
final class PythonLoop {
  private static final int STARTUP_SECONDS = 120;

  private final String python;
  private final Path folder;

  /**
   * @param folder of the scripts
   */
  PythonLoop(String python, Path folder) {
    this.python = python;
    this.folder = folder;
  }

  /**
   * Runs a script on a version and pictures.
   *
   * @return frames a second; empty if the script or what it imports is not there
   */
  OptionalDouble framesPerSecond(
      String script, Path savedModel, BenchPictures pictures, Path work, int seconds)
      throws IOException, InterruptedException {
    Path file = folder.resolve(script);
    if (!Files.exists(file)) {
      return OptionalDouble.empty();
    }
    Path frames = Files.createDirectories(work.resolve("python-frames"));
    for (int i = 0; i < pictures.jpegs().size(); i++) {
      Files.write(frames.resolve("%03d.jpg".formatted(i)), pictures.jpegs().get(i));
    }
    Path output = work.resolve(script + ".out");
    Process process =
        new ProcessBuilder(
                List.of(
                    python,
                    file.toAbsolutePath().toString(),
                    savedModel.toString(),
                    frames.toString(),
                    Integer.toString(seconds)))
            .redirectErrorStream(false)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(STARTUP_SECONDS + 2L * seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      return OptionalDouble.empty();
    }
    if (process.exitValue() != 0) {
      return OptionalDouble.empty();
    }
    List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
    JsonNode result = new ObjectMapper().readTree(lines.get(lines.size() - 1));
    return OptionalDouble.of(result.get("framesPerSecond").asDouble());
  }
}

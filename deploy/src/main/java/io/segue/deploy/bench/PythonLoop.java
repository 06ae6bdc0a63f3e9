package io.segue.deploy.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segue.deploy.demo.play.KafkaOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * What a user would write instead: a Python loop that takes JPEG frames from a topic and puts masks
 * into another, without a checkpoint or an order to keep.
 */
final class PythonLoop {
  private static final long STARTUP_SECONDS = 120;
  private static final int TIMES_SLOWER_AT_MOST = 10;

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
   * Runs a script on version 1 of a stage, whose topics are empty; they hold frames and masks as
   * plain images then.
   *
   * @param frames that the topic is filled with
   * @param seconds that the job took for them
   * @return frames a second; empty if the script or what it imports is not there
   */
  OptionalDouble framesPerSecond(
      String script, BenchStage stage, BenchPictures pictures, int frames, int seconds)
      throws IOException, InterruptedException {
    Path file = folder.resolve(script);
    if (!Files.exists(file)) {
      return OptionalDouble.empty();
    }
    try (KafkaOutput output = new KafkaOutput(stage.kafka())) {
      for (int i = 0; i < frames; i++) {
        output.send(stage.topics().frames(), FrameLoad.stream(i), pictures.jpegOf(i));
      }
      output.flush();
    }
    Path output = stage.folder().resolve(script + ".out");
    Process process =
        new ProcessBuilder(
                python,
                file.toAbsolutePath().toString(),
                stage.version(1).toString(),
                stage.kafka().getProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG),
                stage.topics().frames(),
                stage.topics().masks(),
                Integer.toString(frames))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(output.toFile())
            .start();
    long limit = STARTUP_SECONDS + (long) TIMES_SLOWER_AT_MOST * seconds;
    if (!process.waitFor(limit, TimeUnit.SECONDS)) {
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

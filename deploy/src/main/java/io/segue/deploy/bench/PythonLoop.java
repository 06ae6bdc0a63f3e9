package io.segue.deploy.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segue.deploy.demo.play.KafkaOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * What a user would write instead: a Python loop that takes JPEG frames from a topic and puts masks
 * into another, without a checkpoint or an order to keep.
 */
final class PythonLoop {
  private static final long STARTUP_SECONDS = 120;

  /** The launcher sets it for Segue; Python's TensorFlow is faster as it comes. */
  private static final String ONEDNN = "TF_ENABLE_ONEDNN_OPTS";

  private static final int TIMES_SLOWER_AT_MOST = 10;

  private final String python;
  private final Path folder;
  private final Consumer<String> failures;

  /**
   * @param folder of the scripts
   * @param failures hears why a script gave no figure
   */
  PythonLoop(String python, Path folder, Consumer<String> failures) {
    this.python = python;
    this.folder = folder;
    this.failures = failures;
  }

  /**
   * Runs a script on version 1 of a stage, whose topics are empty; they hold frames and masks as
   * plain images then.
   *
   * @param frames that the topic is filled with
   * @param seconds that the job took for them
   * @return frames a second; empty if the script is not there or fails
   */
  OptionalDouble framesPerSecond(
      String script, BenchStage stage, BenchPictures pictures, int frames, int seconds)
      throws IOException, InterruptedException {
    Path file = folder.resolve(script);
    if (!Files.exists(file)) {
      return failed(file + " is not there");
    }
    try (KafkaOutput output = new KafkaOutput(stage.kafka())) {
      for (int i = 0; i < frames; i++) {
        output.send(stage.topics().frames(), FrameLoad.stream(i), pictures.jpegOf(i));
      }
      output.flush();
    }
    Path output = stage.folder().resolve(script + ".out");
    Path errors = stage.folder().resolve(script + ".err");
    ProcessBuilder loop =
        new ProcessBuilder(
                python,
                file.toAbsolutePath().toString(),
                stage.version(1).toString(),
                stage.kafka().getProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG),
                stage.topics().frames(),
                stage.topics().masks(),
                Integer.toString(frames))
            .redirectError(errors.toFile())
            .redirectOutput(output.toFile());
    loop.environment().remove(ONEDNN);
    Process process = loop.start();
    long limit = STARTUP_SECONDS + (long) TIMES_SLOWER_AT_MOST * seconds;
    if (!process.waitFor(limit, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      return failed("%s took more than %d s".formatted(script, limit));
    }
    if (process.exitValue() != 0) {
      return failed(
          "%s ended with status %d: %s".formatted(script, process.exitValue(), lastLine(errors)));
    }
    JsonNode result = new ObjectMapper().readTree(lastLine(output));
    return OptionalDouble.of(result.get("framesPerSecond").asDouble());
  }

  private OptionalDouble failed(String why) {
    failures.accept(why);
    return OptionalDouble.empty();
  }

  private static String lastLine(Path file) throws IOException {
    return Files.readAllLines(file, StandardCharsets.UTF_8).stream()
        .filter(line -> !line.isBlank())
        .reduce("", (before, line) -> line);
  }
}

package io.segue.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A user's jar with a backbone, a decoder, a head and a loss, compiled here and put behind Segue on
 * the class path, as {@code SEGUE_CLASSPATH} does: named in a configuration they train and serve.
 */
class PartsOfOnesOwnITCase {
  private static final Path SOURCES = Path.of("src/test/resources/parts-of-ones-own");
  private static final Map<String, String> SERVICES =
      Map.of(
          "io.segue.model.backbone.BackboneProvider", "com.example.parts.Strided",
          "io.segue.model.decoder.DecoderProvider", "com.example.parts.Mixer",
          "io.segue.model.head.HeadProvider", "com.example.parts.Bare",
          "io.segue.model.loss.LossProvider", "com.example.parts.Calm");

  private static final String CONFIG =
      """
      task:
        model:
          num_classes: 2
          backbone: {type: strided, strided: {filters: 6}}
          decoder: {type: mixer, mixer: {filters: 4}}
          head: {type: bare, options: {kernel: 3}}
        losses:
          terms: [{type: segmentation}, {type: calm, weight: 0.1, options: {factor: 0.5}}]
        train_data: {output_size: [32, 48], global_batch_size: 2}
      trainer:
        train_steps: 2
        optimizer_config:
          learning_rate: {type: constant, constant: {learning_rate: 0.01}}
      """;

  @TempDir private Path folder;

  @Test
  void trainAndServeByTheirNamesInTheConfiguration() throws Exception {
    TwoClasses.write(folder.resolve("data"));
    Path config = Files.writeString(folder.resolve("config.yaml"), CONFIG);
    String jar = jar().toString();
    String model = folder.resolve("model").toString();
    List<String> train =
        List.of(
            "train",
            "--config",
            config.toString(),
            "--data",
            folder.resolve("data").toString(),
            "--out",
            model,
            "--json");

    Run trained = segue(jar, train);
    assertThat(trained.status()).as(trained.log()).isZero();
    assertThat(trained.json().get("steps").intValue()).isEqualTo(2);
    assertThat(Path.of(model, "spec.json")).content().contains("strided", "mixer", "bare");

    Run predicted =
        segue(
            jar,
            List.of(
                "predict",
                "--model",
                model,
                "--input",
                folder.resolve("data/frames").toString(),
                "--out",
                folder.resolve("masks").toString(),
                "--json"));
    assertThat(predicted.status()).as(predicted.log()).isZero();
    assertThat(predicted.json().get("images").intValue()).isEqualTo(3);
    assertThat(folder.resolve("masks/0.png")).exists();
  }

  /** How a command ended, and all that it wrote. */
  private record Run(int status, String log) {
    JsonNode json() throws IOException {
      List<String> lines = log.lines().filter(it -> it.startsWith("{")).toList();
      return new ObjectMapper().readTree(lines.get(lines.size() - 1));
    }
  }

  private Run segue(String jar, List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-cp"));
    command.add(System.getProperty("java.class.path") + File.pathSeparator + jar);
    command.add(Segue.class.getName());
    command.addAll(arguments);
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("the command ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), Files.readString(log));
  }

  private Path jar() throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> listed = Files.list(SOURCES)) {
      listed.forEach(sources::add);
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      boolean compiled =
          compiler
              .getTask(
                  null,
                  files,
                  null,
                  List.of("-d", classes.toString(), "-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      assertThat(compiled).as("the user's sources compile").isTrue();
    }
    Path jar = folder.resolve("parts.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream written = new JarOutputStream(out);
        Stream<Path> compiled = Files.walk(classes)) {
      for (Path file : compiled.filter(Files::isRegularFile).toList()) {
        put(written, classes.relativize(file).toString(), Files.readAllBytes(file));
      }
      for (Map.Entry<String, String> service : SERVICES.entrySet()) {
        put(
            written,
            "META-INF/services/" + service.getKey(),
            service.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  private static void put(JarOutputStream jar, String name, byte[] content) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    jar.write(content);
    jar.closeEntry();
  }
}

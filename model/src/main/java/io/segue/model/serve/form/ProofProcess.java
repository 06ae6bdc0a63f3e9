package io.segue.model.serve.form;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.NdArray;

/**
 * A second Java process that runs {@link FormProof} with this one's program, environment and
 * classes, also where those come from the class loader of a job. It may crash, hang or not start at
 * all: each is an answer.
 *
 * @param java the program
 * @param limit how long the process may take; then it is killed
 */
record ProofProcess(Path java, Duration limit) {
  /** What a start of TensorFlow takes on a machine that is busy with other things. */
  static final ProofProcess DEFAULT =
      new ProofProcess(
          Path.of(System.getProperty("java.home"), "bin", "java"), Duration.ofSeconds(60));

  private static final int MOST_OUTPUT = 64 << 10;

  /** Why a form cannot be used; empty if it can. */
  Optional<String> fault(ServingForm form) {
    Process process;
    try {
      process = new ProcessBuilder(command(form)).redirectErrorStream(true).start();
    } catch (IOException | SecurityException e) {
      return Optional.of("no process could be started to prove it: " + e.getMessage());
    }
    FutureTask<String> output = new FutureTask<>(() -> read(process.getInputStream()));
    Thread reader = new Thread(output, "segue-form-proof");
    reader.setDaemon(true);
    reader.start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.of("its proof took more than %s".formatted(limit));
      }
      String said = output.get();
      return process.exitValue() == 0 && said.contains(FormProof.PROVED)
          ? Optional.empty()
          : Optional.of(
              "its proof ended with status %d%s".formatted(process.exitValue(), gist(said)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("its proof was interrupted");
    } catch (IOException | ExecutionException e) {
      return Optional.of("its proof could not be read: " + e.getMessage());
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> command(ServingForm form) {
    List<String> command = new ArrayList<>(List.of(java.toString(), "-Xmx256m", "-Xss2m"));
    // A crash is expected here and there: it leaves no files.
    command.addAll(List.of("-XX:ErrorFile=/dev/null", "-XX:-CreateCoredumpOnCrash"));
    for (String property : System.getProperties().stringPropertyNames()) {
      if (property.startsWith("org.bytedeco.") || property.equals("java.io.tmpdir")) {
        command.add("-D%s=%s".formatted(property, System.getProperty(property)));
      }
    }
    command.addAll(List.of("-cp", classPath(), FormProof.class.getName(), form.name()));
    return command;
  }

  /** Where the classes of the proof come from, and the class path of this process. */
  private static String classPath() {
    Set<String> entries = new LinkedHashSet<>();
    for (Class<?> type : List.of(FormProof.class, Graph.class, NdArray.class, Loader.class)) {
      location(type).ifPresent(entries::add);
    }
    entries.addAll(List.of(System.getProperty("java.class.path", "").split(File.pathSeparator)));
    return String.join(File.pathSeparator, entries);
  }

  private static Optional<String> location(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null || !source.getLocation().getProtocol().equals("file")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(source.getLocation().toURI()).toString());
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static String read(InputStream stream) throws IOException {
    try (stream) {
      String start = new String(stream.readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
      stream.transferTo(OutputStream.nullOutputStream());
      return start;
    }
  }

  /** Of a crash the line that names the signal, else the last one. */
  private static String gist(String output) {
    List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
    return lines.stream()
        .filter(line -> line.startsWith("#  SIG"))
        .findFirst()
        .or(() -> lines.stream().reduce((first, second) -> second))
        .map(line -> ": " + line.replaceFirst("^#", "").strip())
        .orElse("");
  }
}

package io.segue.tests.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM with the class path of this one. It dies with the test that started it. */
public final class JavaProcess implements AutoCloseable {

  /** The second compiler works for minutes and pays off after them; a test is over before. */
  private static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1");

  private final String name;
  private final Path log;
  private final Process process;
  private final Thread hook;

  private JavaProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.hook = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts {@code mainClass} and returns at once; what it prints goes to {@code <name>.log} in
   * {@code folder}.
   */
  public static JavaProcess start(
      String name, Path folder, List<String> jvmOptions, Class<?> mainClass, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(SHORT_LIVED);
    command.add("-Dsegue.log.level=INFO");
    for (String opened :
        List.of("lang", "nio", "time", "util", "util.concurrent", "util.concurrent.atomic")) {
      command.add("--add-opens=java.base/java." + opened + "=ALL-UNNAMED");
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass.getName());
    command.addAll(List.of(arguments));
    Path log = folder.resolve(name + ".log");
    try {
      Files.createDirectories(folder);
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new JavaProcess(name, log, process);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + name, e);
    }
  }

  /** Process id. */
  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Kills the process as {@code kill -9} does and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitExit(30);
  }

  /** Asks the process to end, as Ctrl-C does, and returns its exit status. */
  public int stop(Duration patience) throws InterruptedException {
    process.destroy();
    return exitStatus(patience);
  }

  /** Waits for the end of the process and returns its exit status. */
  public int exitStatus(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError(this + " still runs after " + patience);
    }
    return process.exitValue();
  }

  /** Everything the process has printed. */
  public String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    if (!awaitExit(10)) {
      kill();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyShuttingDown) {
      // The hook runs anyway.
    }
  }

  @Override
  public String toString() {
    return name + " (process " + process.pid() + ", log " + log + ")";
  }

  private boolean awaitExit(int seconds) {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

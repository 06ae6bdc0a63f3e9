package io.segue.tests.optional;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs beyond a JDK and Maven. Where it is absent the test says so and is skipped;
 * with {@code SEGUE_REQUIRE_OPTIONAL_TESTS=true} in the environment it fails instead.
 */
public final class OptionalTool {

  private static final boolean REQUIRED =
      Boolean.parseBoolean(System.getenv("SEGUE_REQUIRE_OPTIONAL_TESTS"));

  private OptionalTool() {}

  /** A Python interpreter that has TensorFlow: {@code SEGUE_PYTHON}, or {@code python3}. */
  public static Path pythonWithTensorFlow() {
    return pythonWith("TensorFlow", "tensorflow");
  }

  /** A Python interpreter that has OpenVINO: {@code SEGUE_PYTHON}, or {@code python3}. */
  public static Path pythonWithOpenVino() {
    return pythonWith("OpenVINO", "openvino");
  }

  private static Path pythonWith(String name, String module) {
    String python = Optional.ofNullable(System.getenv("SEGUE_PYTHON")).orElse("python3");
    return found(
        succeeds(List.of(python, "-c", "import " + module)) ? Path.of(python) : null,
        "Python with %s: point SEGUE_PYTHON at an interpreter that can import %s"
            .formatted(name, module),
        REQUIRED);
  }

  /** The Chromium browser: {@code SEGUE_CHROMIUM}, or {@code chromium} on the path. */
  public static Path chromium() {
    String browser = Optional.ofNullable(System.getenv("SEGUE_CHROMIUM")).orElse("chromium");
    return found(
        succeeds(List.of(browser, "--version")) ? Path.of(browser) : null,
        "Chromium: point SEGUE_CHROMIUM at the browser",
        REQUIRED);
  }

  /** The CamVid folder: {@code SEGUE_CAMVID}, or {@code ../shared/camvid} beside the checkout. */
  public static Path camVid() {
    String configured = System.getenv("SEGUE_CAMVID");
    Path folder =
        configured != null ? Path.of(configured) : Path.of("..", "..", "shared", "camvid");
    return found(
        Files.isDirectory(folder.resolve("train/frames")) ? folder.toAbsolutePath() : null,
        "CamVid: point SEGUE_CAMVID at a folder with train/frames, train/labels, val/frames,"
            + " val/labels",
        REQUIRED && configured != null);
  }

  private static Path found(Path tool, String remedy, boolean required) {
    if (tool == null) {
      String message = "needs " + remedy;
      if (required) {
        Assertions.fail(message);
      }
      System.err.println("skipped: " + message);
      Assumptions.abort(message);
    }
    return tool;
  }

  private static boolean succeeds(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

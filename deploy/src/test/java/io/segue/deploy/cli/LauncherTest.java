package io.segue.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code segue} in a checkout that is built, with a java that prints its arguments. */
class LauncherTest {
  @TempDir private Path home;

  @BeforeEach
  void pretendToBeBuilt() throws IOException {
    Files.copy(Path.of("..", "segue"), home.resolve("segue"));
    Files.createDirectories(home.resolve("deploy/src/main"));
    Files.createDirectories(home.resolve("deploy/target"));
    Files.writeString(home.resolve("pom.xml"), "");
    Files.writeString(home.resolve("deploy/pom.xml"), "");
    Files.createDirectories(home.resolve("jdk/bin"));
    Path java = home.resolve("jdk/bin/java");
    Files.writeString(java, "#!/bin/sh\nfor each in \"$@\"; do echo \"$each\"; done\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(home.resolve("deploy/target/segue.classpath"), "a.jar:lib/b.jar:");
    Files.writeString(home.resolve("deploy/target/segue.build"), "");
  }

  @Test
  void putsJarsOfOnesOwnBehindSegues() throws Exception {
    assertThat(run(Map.of("SEGUE_CLASSPATH", "mine.jar:yours.jar"), "train", "--help"))
        .containsSequence(
            "-cp",
            "a.jar:lib/b.jar:mine.jar:yours.jar",
            "io.segue.deploy.cli.Segue",
            "train",
            "--help");
  }

  @Test
  void takesNothingElseOntoTheClassPath() throws Exception {
    assertThat(run(Map.of()))
        .containsSequence("-cp", "a.jar:lib/b.jar", "io.segue.deploy.cli.Segue");
  }

  private List<String> run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("bash", home.resolve("segue").toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().keySet().removeIf(it -> it.startsWith("SEGUE_"));
    builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
    builder.environment().putAll(environment);
    Path out = home.resolve("out");
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return Files.readAllLines(out);
  }
}

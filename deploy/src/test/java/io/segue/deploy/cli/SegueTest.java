package io.segue.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class SegueTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void explainsItself() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).startsWith("Usage: segue");
  }

  @Test
  void tellsWrongUsageInOneLine() {
    assertThat(run("fly")).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("fly").contains("segue --help");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void asksForACommand() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("a command is missing");
  }

  private int run(String... args) {
    return Segue.run(new PrintWriter(out), new PrintWriter(err), args);
  }
}

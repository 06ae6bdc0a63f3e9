package io.segue.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.config.ConfigException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class FailureLineTest {

  @Test
  void givesTheInnermostCauseItsVoice() {
    Exception wrapped =
        new RuntimeException("Job execution failed.", new ConfigException("model 'a': no"));

    assertThat(FailureLine.of(wrapped)).isEqualTo("model 'a': no");
  }

  @Test
  void namesTheClassOfAnExceptionThatOthersWrote() {
    assertThat(FailureLine.of(new IOException("disk full"))).isEqualTo("IOException: disk full");
  }

  @Test
  void keepsToOneLine() {
    assertThat(FailureLine.of(new CommandFailedException("one\n  two"))).isEqualTo("one two");
  }

  @Test
  void pointsToTheStackTraceWhereThereIsNoMessage() {
    assertThat(FailureLine.of(new IllegalStateException())).contains("--verbose");
  }
}

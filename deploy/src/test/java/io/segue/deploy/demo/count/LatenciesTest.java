package io.segue.deploy.demo.count;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {
  private final Latencies latencies = new Latencies();

  @Test
  void givesTheLatencyThatAShareDoesNotExceed() {
    for (long i = 1; i <= 100; i++) {
      latencies.add(i * 10);
    }

    assertThat(latencies.quantile(0.5)).hasValue(500);
    assertThat(latencies.quantile(0.99)).hasValue(990);
    assertThat(latencies.quantile(1)).hasValue(1000);
  }

  @Test
  void isEmptyAtFirst() {
    assertThat(latencies.quantile(0.5)).isEmpty();
  }
}

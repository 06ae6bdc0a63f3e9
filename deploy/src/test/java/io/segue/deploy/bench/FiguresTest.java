package io.segue.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FiguresTest {
  private static final int SAMPLES = 80;
  private static final int SERIES = 400;

  @Test
  void findsTheSlopeOfALineExactly() {
    Figures.Slope slope = Figures.slope(new double[] {1, 3, 5, 7});

    assertThat(slope.value()).isCloseTo(2, within(1e-12));
    assertThat(slope.high() - slope.low()).isCloseTo(0, within(1e-6));
  }

  @Test
  void holdsTheTrueSlopeOfAlikeNeighboursNearlyAsOftenAsOfIndependentSamples() {
    // Of independent samples the interval misses 5 %. Of AR(1) series of this length r is estimated
    // too low, so it misses somewhat more; the plain interval misses 54 % of them.
    assertThat(misses(0, 0)).isBetween(0.02, 0.08);
    assertThat(misses(0.8, 0)).isLessThan(0.15);
  }

  @Test
  void findsALeakOfAStandardDeviationInTenSamples() {
    assertThat(misses(0, 0.1)).isEqualTo(1);
    assertThat(misses(0.5, 0.1)).isGreaterThan(0.9);
  }

  /** The share of series with a slope whose interval does not hold 0. */
  private static double misses(double autocorrelation, double slope) {
    Random random = new Random(5);
    long misses =
        IntStream.range(0, SERIES)
            .mapToObj(i -> Figures.slope(series(autocorrelation, slope, random)))
            .filter(it -> it.low() > 0 || it.high() < 0)
            .count();
    return (double) misses / SERIES;
  }

  /** Noise with a standard deviation of 1 and a slope. */
  private static double[] series(double autocorrelation, double slope, Random random) {
    double[] samples = new double[SAMPLES];
    double noise = random.nextGaussian();
    for (int i = 0; i < SAMPLES; i++) {
      samples[i] = slope * i + noise;
      noise =
          autocorrelation * noise
              + Math.sqrt(1 - autocorrelation * autocorrelation) * random.nextGaussian();
    }
    return samples;
  }
}

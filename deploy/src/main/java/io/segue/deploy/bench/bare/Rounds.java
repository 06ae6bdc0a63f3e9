package io.segue.deploy.bench.bare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Measures contenders in turn (A B A B …), so that what else happens on the machine meets all of
 * them, and compares them round by round.
 */
final class Rounds {
  private final Map<String, List<Timing>> timings = new LinkedHashMap<>();

  private Rounds() {}

  /**
   * Measures.
   *
   * @param contenders by name, already warm
   * @param rounds of each, 1 or more
   * @param frames of each round
   * @param progress takes a line after each measurement
   */
  static Rounds measure(
      Map<String, Contender> contenders, int rounds, int frames, Consumer<String> progress)
      throws InterruptedException {
    Rounds measured = new Rounds();
    for (int round = 0; round < rounds; round++) {
      for (Map.Entry<String, Contender> it : contenders.entrySet()) {
        Timing timing = Timing.of(it.getValue(), frames);
        measured.of(it.getKey()).add(timing);
        progress.accept(
            "round %d of %d: %s %.2f frames/s"
                .formatted(round + 1, rounds, it.getKey(), timing.framesPerSecond()));
      }
    }
    return measured;
  }

  private List<Timing> of(String name) {
    return timings.computeIfAbsent(name, it -> new ArrayList<>());
  }

  /** The median of one contender's frames a second. */
  double framesPerSecond(String name) {
    return median(name, Timing::framesPerSecond);
  }

  /** The median of one contender's CPU milliseconds a frame. */
  double cpuMillisPerFrame(String name) {
    return median(name, Timing::cpuMillisPerFrame);
  }

  /** The median over the rounds of how many times as fast {@code name} was as {@code other}. */
  double ratio(String name, String other) {
    List<Timing> ours = of(name);
    List<Timing> theirs = of(other);
    return new Median()
        .evaluate(
            IntStream.range(0, ours.size())
                .mapToDouble(
                    it -> ours.get(it).framesPerSecond() / theirs.get(it).framesPerSecond())
                .toArray());
  }

  private double median(String name, ToDoubleFunction<Timing> figure) {
    return new Median().evaluate(of(name).stream().mapToDouble(figure).toArray());
  }
}

package io.segue.deploy.bench.bare;

import java.time.Duration;
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
 * them, and compares them round by round. A long round is cut into turns, because the machine's own
 * speed changes from minute to minute.
 */
final class Rounds {
  /** Long against a batch and what is read ahead of it, short against changes of the machine. */
  private static final Duration TURN = Duration.ofSeconds(20);

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
    return measure(contenders, rounds, frames, progress, TURN);
  }

  /** The same with turns of another length; no turn is shorter than a batch. */
  static Rounds measure(
      Map<String, Contender> contenders,
      int rounds,
      int frames,
      Consumer<String> progress,
      Duration turn)
      throws InterruptedException {
    Rounds measured = new Rounds();
    for (int round = 0; round < rounds; round++) {
      Map<String, Timing> sums = new LinkedHashMap<>();
      contenders.keySet().forEach(name -> sums.put(name, Timing.NONE));
      while (sums.values().stream().anyMatch(it -> it.frames() < frames)) {
        for (Map.Entry<String, Contender> it : contenders.entrySet()) {
          Timing sum = sums.getOrDefault(it.getKey(), Timing.NONE);
          if (sum.frames() < frames) {
            Contender limited = turn(it.getValue(), turn);
            sums.put(it.getKey(), sum.plus(Timing.of(limited, frames - sum.frames())));
          }
        }
      }
      for (Map.Entry<String, Timing> it : sums.entrySet()) {
        measured.of(it.getKey()).add(it.getValue());
        progress.accept(
            "round %d of %d: %s %.2f frames/s"
                .formatted(round + 1, rounds, it.getKey(), it.getValue().framesPerSecond()));
      }
    }
    return measured;
  }

  /** A contender that stops after the batch with which {@code length} has passed. */
  private static Contender turn(Contender contender, Duration length) {
    return frames -> {
      long began = System.nanoTime();
      int done = 0;
      while (done < frames && (done == 0 || System.nanoTime() - began < length.toNanos())) {
        done += contender.run(1);
      }
      return done;
    };
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

package io.segue.deploy.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The figures of a run of swaps.
 *
 * @param swaps announced
 * @param load share of the capacity at which frames were sent
 * @param audit of all committed masks
 * @param blocks of swaps, each at a load of its own
 * @param publishToLiveMillis from each announcement to the first visible mask of its version
 * @param residentKib resident memory after each swap; empty where the system does not say
 * @param codeKib compiled code and classes of the JVM after each swap, a part of the resident
 *     memory
 * @param leakedNativeObjects tensors, sessions, graphs and images more after the last swap than
 *     after the first fifth
 * @param leakedThreads threads more then
 */
@SuppressWarnings("ArrayRecordComponent") // samples, read once
public record SwapReport(
    int swaps,
    double load,
    OutcomeAudit audit,
    List<Block> blocks,
    double[] publishToLiveMillis,
    double[] residentKib,
    double[] codeKib,
    long leakedNativeObjects,
    long leakedThreads) {
  private static final double SETTLING_SHARE = 0.2;

  /**
   * Some swaps on end.
   *
   * @param capacity frames a second with the topic full, right before
   * @param undisturbedMillis latencies of frames at the same load while no version is replaced
   * @param steadyMillis latencies of frames outside the time around swaps
   * @param swapMillis latencies of frames seen in the time around swaps
   */
  @SuppressWarnings("ArrayRecordComponent") // samples, read once
  public record Block(
      double capacity, double[] undisturbedMillis, double[] steadyMillis, double[] swapMillis) {
    double p99Ratio() {
      return Figures.quantile(swapMillis, 0.99) / Figures.quantile(steadyMillis, 0.99);
    }
  }

  /** How many of so many swaps a process is given to settle. */
  static int settling(int swaps) {
    return (int) Math.ceil(SETTLING_SHARE * swaps);
  }

  /** Whether every frame has its one mask, in order, by the version that it names. */
  public boolean isClean() {
    return audit.lost() == 0
        && audit.duplicated() == 0
        && audit.outOfOrder() == 0
        && audit.misattributed() == 0;
  }

  /** The JSON line's keys and values. */
  public Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("swaps", swaps);
    values.put("masks", audit.masks());
    values.put("lost", audit.lost());
    values.put("duplicated", audit.duplicated());
    values.put("outOfOrder", audit.outOfOrder());
    values.put("mixedBatches", audit.misattributed());
    double capacity = Figures.median(ofBlocks(Block::capacity));
    values.put("capacityFramesPerSecond", round(capacity));
    values.put("framesPerSecond", round(load * capacity));
    putLatencies(values);
    values.put("blockCapacities", rounded(ofBlocks(Block::capacity)));
    values.put("blockP99Ratios", rounded(ofBlocks(Block::p99Ratio)));
    values.put("publishToLiveMs", Figures.median(publishToLiveMillis));
    values.put("publishToLiveMsMax", Figures.quantile(publishToLiveMillis, 1));
    List<String> notMeasured = new ArrayList<>();
    int settled = settling(residentKib.length);
    if (residentKib.length - settled >= 3) {
      double[] flat = Arrays.copyOfRange(residentKib, settled, residentKib.length);
      put(values, "rssSlope", Figures.slope(flat));
      for (int i = 0; i < flat.length; i++) {
        flat[i] -= codeKib[settled + i];
      }
      put(values, "rssWithoutCodeSlope", Figures.slope(flat));
      values.put("rssMbAtEnd", Math.round(residentKib[residentKib.length - 1] / 1024));
    } else {
      notMeasured.add("rssSlopeKbPerSwap");
      notMeasured.add("rssSlopeInterval");
      notMeasured.add("rssWithoutCodeSlopeKbPerSwap");
      notMeasured.add("rssWithoutCodeSlopeInterval");
    }
    values.put("leakedTensors", leakedNativeObjects);
    values.put("leakedThreads", leakedThreads);
    values.put("notMeasured", notMeasured);
    return values;
  }

  private void putLatencies(Map<String, Object> values) {
    double[] steadyMillis = ofAll(Block::steadyMillis);
    double[] swapMillis = ofAll(Block::swapMillis);
    double steady = Figures.quantile(steadyMillis, 0.99);
    double around = Figures.quantile(swapMillis, 0.99);
    double[] undisturbedMillis = ofAll(Block::undisturbedMillis);
    double undisturbed = Figures.quantile(undisturbedMillis, 0.99);
    values.put("p50UndisturbedMs", Figures.quantile(undisturbedMillis, 0.5));
    values.put("p99UndisturbedMs", undisturbed);
    values.put("p50SteadyMs", Figures.quantile(steadyMillis, 0.5));
    values.put("p99SteadyMs", steady);
    values.put("p50SwapMs", Figures.quantile(swapMillis, 0.5));
    values.put("p99SwapMs", around);
    values.put("p99Ratio", round(around / steady));
    values.put("p99RatioToUndisturbed", round(around / undisturbed));
  }

  private double[] ofBlocks(ToDoubleFunction<Block> figure) {
    return blocks.stream().mapToDouble(figure).toArray();
  }

  private double[] ofAll(Function<Block, double[]> samples) {
    return blocks.stream().map(samples).flatMapToDouble(Arrays::stream).toArray();
  }

  private static List<Double> rounded(double[] values) {
    return Arrays.stream(values).mapToObj(SwapReport::round).toList();
  }

  private static void put(Map<String, Object> values, String name, Figures.Slope slope) {
    values.put(name + "KbPerSwap", round(slope.value()));
    values.put(name + "Interval", List.of(round(slope.low()), round(slope.high())));
  }

  private static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}

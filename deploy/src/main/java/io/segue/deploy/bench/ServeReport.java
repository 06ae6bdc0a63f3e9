package io.segue.deploy.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The figures of serving from topic to topic: medians over the rounds. */
public final class ServeReport {
  private final NetworkAlone bare;
  private final List<ServeRound> rounds;
  private final Optional<ServeBench.Overload> keepAll;
  private final Optional<ServeBench.Overload> maxAge;

  ServeReport(
      NetworkAlone bare,
      List<ServeRound> rounds,
      Optional<ServeBench.Overload> keepAll,
      Optional<ServeBench.Overload> maxAge) {
    this.bare = bare;
    this.rounds = List.copyOf(rounds);
    this.keepAll = keepAll;
    this.maxAge = maxAge;
  }

  /** The JSON line's keys and values. */
  public Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    List<String> notMeasured = new ArrayList<>();
    values.put("rounds", rounds.size());
    values.put("framesPerSecond", median(ServeRound::framesPerSecond));
    values.put("bareFramesPerSecond", median(ServeRound::bareFramesPerSecond));
    values.put("bareBatchSize", bare.chosen().batchSize());
    values.put("bareCallers", bare.chosen().callers());
    values.put("precision", bare.precision().name().toLowerCase(Locale.ROOT));
    values.put("ratioToBare", median(ServeRound::ratioToBare));
    values.put("ratioToBareRounds", rounds.stream().map(it -> round(it.ratioToBare())).toList());
    put(values, notMeasured, "pythonFramesPerSecond", ServeRound::tensorflow);
    put(values, notMeasured, "pythonOpenvinoFramesPerSecond", ServeRound::openvino);
    values.put("latencyMsP50", median(it -> Figures.quantile(it.latency().millis(), 0.5)));
    values.put("latencyMsP99", median(it -> Figures.quantile(it.latency().millis(), 0.99)));
    values.put(
        "committedLatencyMsP99",
        median(it -> Figures.quantile(it.latency().committedMillis(), 0.99)));
    values.put("bareLatencyMs", median(ServeRound::bareLatencyMillis));
    values.put("noopMicrosPerFrame", median(ServeRound::noopMicros));
    values.put("decodeMicrosPerFrame", round(bare.decodeMicros()));
    values.put("encodeMicrosPerFrame", round(bare.encodeMicros()));
    Map<String, Object> byParallelism = new LinkedHashMap<>();
    for (int parallelism : rounds.get(0).throughput().keySet()) {
      byParallelism.put(
          Integer.toString(parallelism), median(it -> it.throughput().get(parallelism)));
    }
    values.put("parallelism", byParallelism);
    if (keepAll.isPresent() && maxAge.isPresent()) {
      Map<String, Object> overload = new LinkedHashMap<>(overload(maxAge.get()));
      overload.put("keepAll", overload(keepAll.get()));
      values.put("overload", overload);
    } else {
      notMeasured.add("overload");
    }
    values.put("notMeasured", notMeasured);
    return values;
  }

  private static Map<String, Object> overload(ServeBench.Overload run) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("freshnessMsP50", Figures.quantile(run.freshnessMillis(), 0.5));
    values.put("freshnessMsP99", Figures.quantile(run.freshnessMillis(), 0.99));
    values.put("skippedShare", round(run.skippedShare()));
    values.put("recoveryMs", run.recoveryMillis());
    return values;
  }

  private double median(ToDoubleFunction<ServeRound> figure) {
    return round(ServeRound.median(rounds, figure));
  }

  private void put(
      Map<String, Object> values,
      List<String> notMeasured,
      String key,
      Function<ServeRound, OptionalDouble> figure) {
    if (rounds.stream().allMatch(it -> figure.apply(it).isPresent())) {
      values.put(key, median(it -> figure.apply(it).getAsDouble()));
    } else {
      notMeasured.add(key);
    }
  }

  private static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}

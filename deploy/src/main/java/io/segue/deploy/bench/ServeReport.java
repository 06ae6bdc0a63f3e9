package io.segue.deploy.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The figures of serving from topic to topic. */
public final class ServeReport {
  private final NetworkAlone bare;
  private final Map<Integer, Double> throughput;
  private final ServeBench.Latency latency;
  private final double noopMicros;
  private final Optional<ServeBench.Overload> keepAll;
  private final Optional<ServeBench.Overload> maxAge;
  private final OptionalDouble tensorflow;
  private final OptionalDouble openvino;

  /**
   * @param throughput frames a second by parallelism, the first of which stands for the whole
   * @param noopMicros wall time a frame with a network that does nothing
   */
  ServeReport(
      NetworkAlone bare,
      Map<Integer, Double> throughput,
      ServeBench.Latency latency,
      double noopMicros,
      Optional<ServeBench.Overload> keepAll,
      Optional<ServeBench.Overload> maxAge,
      OptionalDouble tensorflow,
      OptionalDouble openvino) {
    this.bare = bare;
    this.throughput = new LinkedHashMap<>(throughput);
    this.latency = latency;
    this.noopMicros = noopMicros;
    this.keepAll = keepAll;
    this.maxAge = maxAge;
    this.tensorflow = tensorflow;
    this.openvino = openvino;
  }

  /** The JSON line's keys and values. */
  public Map<String, Object> values() {
    double served = throughput.values().iterator().next();
    Map<String, Object> values = new LinkedHashMap<>();
    List<String> notMeasured = new ArrayList<>();
    values.put("framesPerSecond", round(served));
    values.put("bareFramesPerSecond", round(bare.framesPerSecond()));
    values.put("bareBatchSize", bare.batchSize());
    values.put("ratioToBare", round(served / bare.framesPerSecond()));
    put(values, notMeasured, "pythonFramesPerSecond", tensorflow);
    put(values, notMeasured, "pythonOpenvinoFramesPerSecond", openvino);
    values.put("latencyMsP50", Figures.quantile(latency.millis(), 0.5));
    values.put("latencyMsP99", Figures.quantile(latency.millis(), 0.99));
    values.put("committedLatencyMsP99", Figures.quantile(latency.committedMillis(), 0.99));
    values.put("bareLatencyMs", round(bare.latencyMillis()));
    values.put("noopMicrosPerFrame", Math.round(noopMicros));
    values.put("decodeMicrosPerFrame", Math.round(bare.decodeMicros()));
    values.put("encodeMicrosPerFrame", Math.round(bare.encodeMicros()));
    Map<String, Object> byParallelism = new LinkedHashMap<>();
    throughput.forEach((key, rate) -> byParallelism.put(Integer.toString(key), round(rate)));
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

  private static void put(
      Map<String, Object> values, List<String> notMeasured, String key, OptionalDouble value) {
    if (value.isPresent()) {
      values.put(key, round(value.getAsDouble()));
    } else {
      notMeasured.add(key);
    }
  }

  private static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}

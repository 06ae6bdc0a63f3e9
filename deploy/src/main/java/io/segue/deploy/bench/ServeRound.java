package io.segue.deploy.bench;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * What was measured side by side.
 *
 * @param bareFramesPerSecond of the network alone: the mean of before and after the throughput
 * @param bareLatencyMillis of a single frame through the network alone
 * @param throughput frames a second by parallelism, the first of which stands for the whole
 * @param tensorflow frames a second of the loop in Python; empty if it was not run
 * @param openvino the same through OpenVINO
 * @param latency at half the throughput
 * @param noopMicros wall time a frame with a network that does nothing
 */
record ServeRound(
    double bareFramesPerSecond,
    double bareLatencyMillis,
    Map<Integer, Double> throughput,
    OptionalDouble tensorflow,
    OptionalDouble openvino,
    ServeBench.Latency latency,
    double noopMicros) {

  double framesPerSecond() {
    return throughput.values().iterator().next();
  }

  double ratioToBare() {
    return framesPerSecond() / bareFramesPerSecond;
  }

  /** The median of a figure; NaN of no rounds. */
  static double median(List<ServeRound> rounds, ToDoubleFunction<ServeRound> figure) {
    return Figures.median(rounds.stream().mapToDouble(figure).toArray());
  }
}

package io.segue.operators.segment;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.serve.EngineChoice;
import io.segue.model.serve.ServingEngine;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.form.Devices;
import io.segue.model.serve.form.Precision;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How a process serves its models. Memory for pixels is at most four batches of {@code
 * maxBatchBytes} (or of one frame, where a frame is larger) for each model.
 *
 * @param maxBatchSize frames inferred together, 1 or more: larger uses an accelerator better and
 *     makes the first frame of a batch wait longer; fewer where a model takes fewer
 * @param maxDelay how long an idle engine waits for a batch to fill: what a lone frame pays
 * @param maxBatchBytes bound of a batch's pixels, which makes batches of large frames smaller
 * @param deadline how long one inference may take before the engine counts as hung and the task
 *     fails; from the start of the batch
 * @param loadDeadline how long fetching, verifying and warming a version may take before it is
 *     refused; from the start of the load
 * @param poolThreads threads that decode frames and encode masks, for all models together
 * @param maxVersions versions of one model held at once, 2 or more: previous, live, incoming
 * @param maxPlanBytes bound of the memory that inference is estimated to take: makes batches under
 *     dear plans smaller, refuses a frame that alone would take more, and lets a second batch run
 *     beside another only where both fit
 * @param precision in what numbers networks are computed
 * @param leastAgreement share of the warm-up frames' pixels, 0 to 1, in which a version must agree
 *     with float32 to serve in bfloat16 under {@link Precision#AUTO}
 * @param engine what runs the networks
 * @param openvino where OpenVINO is, as {@link EngineChoice} says
 * @param devices that TensorFlow serves on, such as {@code GPU:0}: each has versions and an engine
 *     of its own, and the slots of a process take turns; empty: all GPUs that there are, or else
 *     the CPU
 */
public record ServingOptions(
    int maxBatchSize,
    Duration maxDelay,
    long maxBatchBytes,
    Duration deadline,
    Duration loadDeadline,
    int poolThreads,
    int maxVersions,
    long maxPlanBytes,
    Precision precision,
    double leastAgreement,
    ServingEngine engine,
    String openvino,
    List<String> devices)
    implements Serializable {
  /**
   * Batches of up to 4 frames and 32 MiB after at most 2 ms; 2 minutes; 5 minutes to load; 2
   * threads; 3 versions; plans of up to 4 GiB; bfloat16 where it agrees; TensorFlow on all GPUs or
   * the CPU.
   */
  public static final ServingOptions DEFAULT =
      new ServingOptions(
          4,
          Duration.ofMillis(2),
          32L << 20,
          Duration.ofMinutes(2),
          Duration.ofMinutes(5),
          2,
          3,
          4L << 30,
          Precision.AUTO,
          0.99,
          ServingEngine.TENSORFLOW,
          "",
          List.of());

  public ServingOptions {
    require(maxBatchSize >= 1, "max_batch_size", maxBatchSize, "at least 1");
    require(!maxDelay.isNegative(), "max_delay", maxDelay, "0 or more");
    require(maxBatchBytes >= 1, "max_batch_bytes", maxBatchBytes, "at least 1");
    require(deadline.toMillis() >= 1, "deadline", deadline, "at least 1 ms");
    require(loadDeadline.toMillis() >= 1, "load_deadline", loadDeadline, "at least 1 ms");
    require(poolThreads >= 1, "pool_threads", poolThreads, "at least 1");
    require(maxPlanBytes >= 1, "max_plan_bytes", maxPlanBytes, "at least 1");
    require(
        maxVersions >= 2, "max_versions", maxVersions, "at least 2: a live and an incoming one");
    devices = List.copyOf(devices);
    devices.forEach(Devices::spec);
    require(
        leastAgreement >= 0 && leastAgreement <= 1, "least_agreement", leastAgreement, "0 to 1");
  }

  /** The same with another limit for serving in bfloat16. */
  public ServingOptions withLeastAgreement(double share) {
    return new ServingOptions(
        maxBatchSize,
        maxDelay,
        maxBatchBytes,
        deadline,
        loadDeadline,
        poolThreads,
        maxVersions,
        maxPlanBytes,
        precision,
        share,
        engine,
        openvino,
        devices);
  }

  /** Which engine serves, where it is, and in what numbers. */
  public EngineChoice engineChoice() {
    return new EngineChoice(engine, precision, openvino, "");
  }

  /**
   * The devices of a process, in the order in which its slots take turns: those wanted that it has.
   *
   * @param gpus that the process has
   * @return one or more; a single blank name where TensorFlow may place networks as it wants
   */
  List<String> devicesOf(List<String> gpus) {
    List<String> wanted = devices.isEmpty() ? gpus : devices;
    List<String> here =
        wanted.stream().filter(it -> it.startsWith("CPU") || gpus.contains(it)).distinct().toList();
    return here.isEmpty() || engine == ServingEngine.OPENVINO ? List.of("") : here;
  }

  private static void require(boolean holds, String name, Object value, String limit) {
    if (!holds) {
      throw new IllegalArgumentException(
          "segment.serving.%s is %s; it must be %s".formatted(name, value, limit));
    }
  }

  /** Frames of a size that one batch of a model under a plan holds, at least 1. */
  int batchSize(ServingModel model, Plan plan, int width, int height) {
    ModelSpec spec = model.spec();
    int most = Math.min(maxBatchSize, model.maxBatchSize());
    long byPixels = maxBatchBytes / (3L * width * height);
    long byPlan = maxPlanBytes / Math.max(1, PlanMemory.bytes(spec, plan, 1, width, height));
    return (int) Math.max(1, Math.min(most, Math.min(byPixels, byPlan)));
  }
}

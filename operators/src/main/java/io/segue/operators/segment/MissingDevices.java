package io.segue.operators.segment;

import io.segue.model.serve.form.Devices;
import java.util.List;
import java.util.function.Consumer;

/** Says once in the life of a process that it lacks devices that {@code serving.devices} names. */
final class MissingDevices {
  /** A system property, not a static field: each job in a Flink process has a class loader. */
  static final String SAID = "io.segue.serving.devices.said";

  private MissingDevices() {}

  /**
   * Compares what is wanted with what there is. Where TensorFlow is built for GPUs and has found
   * none, {@link Devices#gpus} has said so already.
   *
   * @param wanted may be empty: whatever there is
   * @param gpus of this process
   * @param used what networks run on instead, as {@link ServingOptions#devicesOf} gives it
   * @param log takes the message
   */
  static void tell(
      List<String> wanted, List<String> gpus, List<String> used, Consumer<String> log) {
    boolean saidByTensorFlow = gpus.isEmpty() && Devices.isBuiltForGpus();
    if (used.containsAll(wanted) || saidByTensorFlow || Boolean.getBoolean(SAID)) {
      return;
    }
    System.setProperty(SAID, "true");
    log.accept(
        "segment.serving.devices is %s, this process has the GPUs %s: networks run on %s"
            .formatted(wanted, gpus, used.equals(List.of("")) ? "the CPU" : used));
  }
}

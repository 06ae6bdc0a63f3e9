package io.segue.deploy.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Tells the parts of a long measurement apart in which the machine was slower than otherwise, by
 * the processor time that a frame took. It rises where others have come to the same host, and a
 * little where the process itself compiles or collects garbage. Load that the machine had room for
 * can be too much for it then. Only parts slower than the median are found: a run that was slow for
 * more than half of its time looks steady.
 */
final class MachineSpeed {
  /** Times the median, above which a part counts as slow. */
  private static final double SLOW = 1.2;

  /**
   * A part of the measurement.
   *
   * @param beginMillis since 1970, inclusive
   * @param endMillis since 1970, exclusive
   * @param cpuMillisPerFrame processor time of the process over the frames that it finished
   */
  record Part(long beginMillis, long endMillis, double cpuMillisPerFrame) {
    boolean holds(long millis) {
      return millis >= beginMillis && millis < endMillis;
    }
  }

  private MachineSpeed() {}

  /** The parts that are not slow and follow none that is: what has piled up there is through. */
  static List<Part> steady(List<Part> parts) {
    double median = Figures.median(parts.stream().mapToDouble(Part::cpuMillisPerFrame).toArray());
    List<Part> steady = new ArrayList<>();
    boolean slowBefore = false;
    for (Part part : parts) {
      boolean slow = part.cpuMillisPerFrame() > SLOW * median;
      if (!slow && !slowBefore) {
        steady.add(part);
      }
      slowBefore = slow;
    }
    return steady;
  }
}

package io.segue.deploy.bench.bare;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What one round of work took.
 *
 * @param frames number of frames
 * @param wallNanos wall time
 * @param cpuNanos time on all cores of this process
 */
record Timing(int frames, long wallNanos, long cpuNanos) {
  static final Timing NONE = new Timing(0, 0, 0);

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** Times one round. */
  static Timing of(Contender contender, int frames) throws InterruptedException {
    long cpu = SYSTEM.getProcessCpuTime();
    long wall = System.nanoTime();
    int done = contender.run(frames);
    return new Timing(done, System.nanoTime() - wall, SYSTEM.getProcessCpuTime() - cpu);
  }

  /** Both together. */
  Timing plus(Timing other) {
    return new Timing(
        frames + other.frames, wallNanos + other.wallNanos, cpuNanos + other.cpuNanos);
  }

  double framesPerSecond() {
    return frames * 1e9 / wallNanos;
  }

  double cpuMillisPerFrame() {
    return cpuNanos / 1e6 / frames;
  }
}

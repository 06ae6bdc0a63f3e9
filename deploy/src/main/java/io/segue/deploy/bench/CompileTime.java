package io.segue.deploy.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;

/**
 * What the JVM's compilers have taken up to a moment.
 *
 * @param compilingMillis of all compiler threads, since the process began
 * @param nanos the moment
 */
record CompileTime(long compilingMillis, long nanos) {
  /** Of one core's time, for compiling: what is left of it then moves no figure. */
  static final double SETTLED = 0.05;

  static CompileTime now() {
    CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    long millis = compilers == null ? 0 : compilers.getTotalCompilationTime(); // null under -Xint
    return new CompileTime(millis, System.nanoTime());
  }

  /** Compiling from this moment until now, as a share of the time that has passed. */
  double shareSince() {
    CompileTime now = now();
    return 1e6 * (now.compilingMillis - compilingMillis) / Math.max(1, now.nanos - nanos);
  }
}

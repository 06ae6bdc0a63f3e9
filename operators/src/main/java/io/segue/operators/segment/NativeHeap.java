package io.segue.operators.segment;

import com.sun.jna.NativeLong;

/** The memory that native libraries allocate. */
final class NativeHeap {
  private static final NativeLong NOTHING_KEPT = new NativeLong(0);

  private NativeHeap() {}

  /**
   * Gives free memory back to the system. The C library keeps what a released version held, in
   * pieces that the next one does not fit: after a few swaps of a version that needs 55 MiB, 240.
   * Takes some 20 ms, in which allocations of other threads may wait.
   */
  static void trim() {
    LibC.call(
        "The memory of released versions stays with the process", c -> c.malloc_trim(NOTHING_KEPT));
  }
}

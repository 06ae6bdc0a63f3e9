package io.segue.operators.segment;

/** Whether a process can serve with a version. */
public enum Readiness {
  /** Warm: a stream may move to it at once. */
  READY,
  /** Not here yet, but nothing speaks against it. */
  EXPECTED,
  /** Refused in this process. */
  FAILED
}

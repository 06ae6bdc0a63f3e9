package io.segue.operators.assign;

import io.segue.operators.record.StableHash;
import io.segue.operators.segment.Readiness;
import io.segue.schemas.avro.Activation;
import io.segue.schemas.avro.Canary;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.Pin;
import java.util.function.LongFunction;

/**
 * Which version a frame should be served with: a function of the announced state, the stream and
 * the capture time alone, so that every process and every replay decides alike.
 *
 * @param version to serve the frame with
 * @param timed whether an activation whose time has come for the frame says so
 */
record DesiredVersion(long version, boolean timed) {
  /**
   * A pin decides first, then a canary that has chosen the stream, then the latest activation whose
   * time has come, then the live version. A stream that an activation has moved does not go back
   * where capture times jump around it.
   *
   * @param captureTime of the frame, milliseconds since 1970
   * @param current version that the stream is on; 0 before its first frame
   */
  static DesiredVersion of(ModelState state, String streamId, long captureTime, long current) {
    for (Pin pin : state.getPins()) {
      if (Glob.matches(pin.getMatch(), streamId)) {
        return new DesiredVersion(pin.getVersion(), false);
      }
    }
    Canary canary = state.getCanary();
    if (canary != null && isChosen(canary, streamId)) {
      return new DesiredVersion(canary.getVersion(), false);
    }
    return activated(state, captureTime, current);
  }

  private static boolean isChosen(Canary canary, String streamId) {
    return StableHash.uniform(0, canary.getSalt() + '/' + streamId) < canary.getShare();
  }

  private static DesiredVersion activated(ModelState state, long captureTime, long current) {
    DesiredVersion desired = new DesiredVersion(state.getLive(), false);
    long since = Long.MIN_VALUE;
    long currentSince = Long.MIN_VALUE;
    for (Activation activation : state.getActivations()) {
      long at = activation.getActivateAt().toEpochMilli();
      if (at <= captureTime && at >= since) {
        since = at;
        desired = new DesiredVersion(activation.getVersion(), true);
      }
      if (activation.getVersion() == current) {
        currentSince = Math.max(currentSince, at);
      }
    }
    return currentSince > since ? new DesiredVersion(current, false) : desired;
  }

  /**
   * The version to serve the next frame with, given the one that the stream is on. A stream stays
   * until this version is ready. One that has no version yet, or whose version cannot be served
   * here or is no longer kept, as after a silence, does not wait for the live version while the
   * previous one is ready, but for any other; where this one has failed, it takes whatever of the
   * state's versions is ready. A timed activation is waited for by every stream: how long a process
   * takes to load would decide else at which frame it cuts over.
   *
   * @param current 0 before the first frame
   */
  long next(ModelState state, long current, LongFunction<Readiness> readiness) {
    Readiness own = readiness.apply(version);
    if (own == Readiness.READY || (timed && own == Readiness.EXPECTED)) {
      return version;
    }
    if (current != 0 && canStay(state, current, readiness.apply(current))) {
      return current;
    }
    return own == Readiness.FAILED || version == state.getLive()
        ? fallback(state, readiness)
        : version;
  }

  /** Whether a version is there, or is to come for other reasons than this stream. */
  private static boolean canStay(ModelState state, long current, Readiness readiness) {
    return readiness == Readiness.READY
        || (readiness == Readiness.EXPECTED && names(state, current));
  }

  private static boolean names(ModelState state, long version) {
    return version == state.getLive()
        || Long.valueOf(version).equals(state.getPrevious())
        || state.getPins().stream().anyMatch(pin -> pin.getVersion() == version)
        || (state.getCanary() != null && state.getCanary().getVersion() == version)
        || state.getActivations().stream().anyMatch(it -> it.getVersion() == version);
  }

  private long fallback(ModelState state, LongFunction<Readiness> readiness) {
    if (readiness.apply(state.getLive()) == Readiness.READY) {
      return state.getLive();
    }
    Long previous = state.getPrevious();
    return previous != null && readiness.apply(previous) == Readiness.READY ? previous : version;
  }
}

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
 */
final class DesiredVersion {
  private DesiredVersion() {}

  /**
   * A pin decides first, then a canary that has chosen the stream, then the latest activation whose
   * time has come, then the live version. A stream that an activation has moved does not go back
   * where capture times jump around it.
   *
   * @param captureTime of the frame, milliseconds since 1970
   * @param current version that the stream is on; 0 before its first frame
   */
  static long of(ModelState state, String streamId, long captureTime, long current) {
    for (Pin pin : state.getPins()) {
      if (Glob.matches(pin.getMatch(), streamId)) {
        return pin.getVersion();
      }
    }
    Canary canary = state.getCanary();
    if (canary != null && isChosen(canary, streamId)) {
      return canary.getVersion();
    }
    return activated(state, captureTime, current);
  }

  private static boolean isChosen(Canary canary, String streamId) {
    return StableHash.uniform(0, canary.getSalt() + '/' + streamId) < canary.getShare();
  }

  private static long activated(ModelState state, long captureTime, long current) {
    long version = state.getLive();
    long since = Long.MIN_VALUE;
    long currentSince = Long.MIN_VALUE;
    for (Activation activation : state.getActivations()) {
      long at = activation.getActivateAt().toEpochMilli();
      if (at <= captureTime && at >= since) {
        since = at;
        version = activation.getVersion();
      }
      if (activation.getVersion() == current) {
        currentSince = Math.max(currentSince, at);
      }
    }
    return currentSince > since ? current : version;
  }

  /**
   * The version to serve the next frame with, given the one that the stream is on and the one it
   * should be on. A stream stays until the desired version is ready; one that has no version yet,
   * or whose version cannot be served here any more, takes the desired one and waits for it; where
   * that has failed too, whatever of the state's versions is ready.
   *
   * @param current 0 before the first frame
   */
  static long next(
      ModelState state, long current, long desired, LongFunction<Readiness> readiness) {
    Readiness ofDesired = readiness.apply(desired);
    if (ofDesired == Readiness.READY) {
      return desired;
    }
    boolean stay = current != 0 && readiness.apply(current) != Readiness.FAILED;
    if (stay) {
      return current;
    }
    return ofDesired == Readiness.FAILED ? fallback(state, desired, readiness) : desired;
  }

  private static long fallback(ModelState state, long desired, LongFunction<Readiness> readiness) {
    if (readiness.apply(state.getLive()) == Readiness.READY) {
      return state.getLive();
    }
    Long previous = state.getPrevious();
    return previous != null && readiness.apply(previous) == Readiness.READY ? previous : desired;
  }
}

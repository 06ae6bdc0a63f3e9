package io.segue.operators.gate;

import io.segue.schemas.flow.GateResult;
import io.segue.schemas.flow.TrainOutcome;

/** Decides about the candidate of one completed run. */
@FunctionalInterface
public interface Judge {
  /**
   * Blesses or rejects, blocking.
   *
   * @throws Exception if it cannot be told whether the candidate is good; it is then rejected
   */
  GateResult judge(TrainOutcome completed) throws Exception;
}

package io.segue.operators.train;

import io.segue.schemas.flow.TrainRequest;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** Carries out one training request: afterwards its candidate lies in the registry. */
@FunctionalInterface
public interface TrainRun {
  /**
   * What came of a run.
   *
   * @param candidateId the same for every run of the request from the same parent
   * @param parentVersion version whose weights the run began with
   * @param steps steps trained
   * @param message a sentence for the event
   */
  record Candidate(String candidateId, long parentVersion, long steps, String message) {}

  /**
   * Runs to the end, blocking.
   *
   * @param cancelled asked at least once a step; once true, the run must end soon
   * @throws CancellationException if it ended because it was cancelled
   * @throws Exception if it failed; the message goes into the event
   */
  Candidate run(TrainRequest request, BooleanSupplier cancelled) throws Exception;
}

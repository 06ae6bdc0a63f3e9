package io.segue.operators.train;

import io.segue.operators.record.ModelEvents;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.TrainingStatus;
import io.segue.schemas.flow.TrainOutcome;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Tells of a run when it has ended: that it started (if it did) and how it ended, each with its own
 * time.
 */
public final class TrainingEvents implements FlatMapFunction<TrainOutcome, ModelEvent> {
  @Override
  public void flatMap(TrainOutcome outcome, Collector<ModelEvent> out) {
    if (outcome.getStartedAt() > 0) {
      out.collect(
          ModelEvents.training(
              outcome.getRequest(),
              TrainingStatus.STARTED,
              0,
              outcome.getStartedAt(),
              outcome.getRequest().getReason()));
    }
    out.collect(
        ModelEvents.training(
            outcome.getRequest(),
            outcome.getStatus(),
            outcome.getStep(),
            outcome.getEndedAt(),
            outcome.getMessage()));
  }
}

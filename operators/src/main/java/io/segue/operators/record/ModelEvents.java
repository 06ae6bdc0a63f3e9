package io.segue.operators.record;

import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.TrainingStatus;
import io.segue.schemas.avro.TrainingStatusChange;
import io.segue.schemas.avro.VersionStatus;
import io.segue.schemas.avro.VersionStatusChange;
import io.segue.schemas.flow.TrainRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The events that the learn job writes. */
public final class ModelEvents {
  private ModelEvents() {}

  /** An event of a version, or of a candidate that has none yet (version 0). */
  public static ModelEvent of(String model, long version, Object event, String reason, long now) {
    return ModelEvent.newBuilder()
        .setModel(model)
        .setVersion(version)
        .setTime(Instant.ofEpochMilli(now))
        .setReason(reason)
        .setEvent(event)
        .build();
  }

  /** A training run moved. */
  public static ModelEvent training(
      TrainRequest request, TrainingStatus status, long step, long now, String reason) {
    TrainingStatusChange change =
        TrainingStatusChange.newBuilder()
            .setRequestId(request.getRequestId())
            .setStatus(status)
            .setStep(step)
            .setParentVersion(request.getParentVersion())
            .build();
    return of(request.getModel(), 0, change, reason, now);
  }

  /** A version moved. */
  public static ModelEvent version(
      String model,
      long version,
      VersionStatus status,
      @Nullable String candidateId,
      String reason,
      long now) {
    VersionStatusChange change =
        VersionStatusChange.newBuilder().setStatus(status).setCandidateId(candidateId).build();
    return of(model, version, change, reason, now);
  }
}

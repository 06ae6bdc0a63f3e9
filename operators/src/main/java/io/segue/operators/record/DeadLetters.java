package io.segue.operators.record;

import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.flow.ConsumedRecord;
import java.io.Serializable;
import java.time.Instant;
import java.util.Optional;

/** Dead letters of records that one operator gives up. */
public final class DeadLetters implements Serializable {
  private final String stage;

  /**
   * @param stage name of the operator
   */
  public DeadLetters(String stage) {
    this.stage = stage;
  }

  /**
   * The dead letter of a record, with its bytes and place.
   *
   * @param id identity of the frame concerned, where the record could be read that far
   * @param message the thing, the value, the limit and the remedy
   * @param now processing time in milliseconds since 1970
   */
  public DeadLetter of(
      ConsumedRecord record,
      Optional<FrameId> id,
      DeadLetterCause cause,
      String message,
      long now) {
    return DeadLetter.newBuilder()
        .setLetterId(
            "%s-%d-%d".formatted(record.getTopic(), record.getPartition(), record.getOffset()))
        .setId(id.orElse(null))
        .setTopic(record.getTopic())
        .setPartition(record.getPartition())
        .setOffset(record.getOffset())
        .setKey(record.getKey())
        .setValue(record.getValue())
        .setHeaders(record.getHeaders())
        .setStage(stage)
        .setCause(cause)
        .setMessage(message)
        .setFailedAt(Instant.ofEpochMilli(now))
        .build();
  }
}

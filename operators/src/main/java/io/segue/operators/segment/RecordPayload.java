package io.segue.operators.segment;

import io.segue.connectors.payload.PayloadException;
import io.segue.connectors.payload.PayloadStore;
import io.segue.operators.record.TopicRecords;
import io.segue.operators.record.UnreadableRecordException;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.flow.ConsumedRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * The encoded image of a frame, out of its record or from where the record says it is. A file
 * system that fails for the moment is not the frame's fault: it fails the task.
 */
record RecordPayload(ConsumedRecord record, String payloadRoot) implements FrameRequest.Payload {
  @Override
  public ByteBuffer fetch() throws FrameRefusedException {
    try {
      Frame frame = TopicRecords.value(record, Frame.class);
      ByteBuffer inline = frame.getPayload();
      return inline != null
          ? inline
          : ByteBuffer.wrap(new PayloadStore(payloadRoot).get(frame.getPayloadRef()));
    } catch (UnreadableRecordException e) {
      throw new FrameRefusedException(e.deadLetterCause(), e.getMessage());
    } catch (PayloadException e) {
      throw new FrameRefusedException(e.deadLetterCause(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "payload of a frame at %s-%d-%d cannot be read now: %s"
              .formatted(
                  record.getTopic(), record.getPartition(), record.getOffset(), e.getMessage()),
          e);
    }
  }
}

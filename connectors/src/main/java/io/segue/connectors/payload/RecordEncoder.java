package io.segue.connectors.payload;

import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.Label;
import io.segue.schemas.avro.Mask;
import java.io.IOException;
import org.apache.avro.specific.SpecificRecord;

/**
 * Encodes records so that each fits its topic: the payload of one that would not is stored, and the
 * record names it instead. Thread-safe.
 */
public final class RecordEncoder {
  private final PayloadStore store;

  /** Puts payloads into the store. */
  public RecordEncoder(PayloadStore store) {
    this.store = store;
  }

  /**
   * Encodes a record in at most so many bytes.
   *
   * @param maxBytes as {@link io.segue.connectors.kafka.TopicSettings#maxRecordBytes()} says
   * @throws PayloadException PAYLOAD_TOO_LARGE if the record is too large without its payload too
   * @throws IOException if the payload cannot be stored
   */
  public byte[] encode(SpecificRecord record, int maxBytes) throws IOException {
    byte[] bytes = AvroCodec.encode(record);
    if (bytes.length > maxBytes) {
      bytes = AvroCodec.encode(withReference(record));
    }
    if (bytes.length > maxBytes) {
      throw new PayloadException(
          DeadLetterCause.PAYLOAD_TOO_LARGE,
          "%s of %d bytes without its payload, the topic takes %d; send fewer attributes or raise max.message.bytes"
              .formatted(record.getSchema().getName(), bytes.length, maxBytes));
    }
    return bytes;
  }

  private SpecificRecord withReference(SpecificRecord record) throws IOException {
    if (record instanceof Frame frame && frame.getPayload() != null) {
      return Frame.newBuilder(frame)
          .setPayload(null)
          .setPayloadRef(store.put(PayloadStore.bytes(frame.getPayload())))
          .build();
    }
    if (record instanceof Label label && label.getPayload() != null) {
      return Label.newBuilder(label)
          .setPayload(null)
          .setPayloadRef(store.put(PayloadStore.bytes(label.getPayload())))
          .build();
    }
    if (record instanceof Mask mask && mask.getPayload() != null) {
      return Mask.newBuilder(mask)
          .setPayload(null)
          .setPayloadRef(store.put(PayloadStore.bytes(mask.getPayload())))
          .build();
    }
    if (record instanceof DeadLetter letter && letter.getValue() != null) {
      return DeadLetter.newBuilder(letter)
          .setValue(null)
          .setValueRef(store.put(PayloadStore.bytes(letter.getValue())))
          .build();
    }
    return record;
  }
}

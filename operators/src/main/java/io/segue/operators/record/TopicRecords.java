package io.segue.operators.record;

import io.segue.schemas.AvroCodec;
import io.segue.schemas.MalformedRecordException;
import io.segue.schemas.UnknownSchemaException;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.flow.ConsumedRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.specific.SpecificRecord;

/** Reads the values of Kafka records and checks their keys. */
public final class TopicRecords {
  private TopicRecords() {}

  /** The value of a record, which must be of the given type. */
  public static <T extends SpecificRecord> T value(ConsumedRecord record, Class<T> type)
      throws UnreadableRecordException {
    ByteBuffer value = record.getValue();
    if (value == null) {
      throw new UnreadableRecordException(
          DeadLetterCause.EMPTY_PAYLOAD,
          "record without a value; write a %s".formatted(type.getSimpleName()));
    }
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    try {
      return AvroCodec.decode(bytes, type);
    } catch (UnknownSchemaException e) {
      throw new UnreadableRecordException(
          DeadLetterCause.UNKNOWN_SCHEMA, String.valueOf(e.getMessage()));
    } catch (MalformedRecordException e) {
      throw new UnreadableRecordException(
          DeadLetterCause.MALFORMED_RECORD, String.valueOf(e.getMessage()));
    }
  }

  /** Checks that a record with a key has the one that its value asks for. */
  public static void checkKey(ConsumedRecord record, String expected)
      throws UnreadableRecordException {
    ByteBuffer key = record.getKey();
    if (key != null && !key.equals(StandardCharsets.UTF_8.encode(expected))) {
      throw new UnreadableRecordException(
          DeadLetterCause.KEY_MISMATCH,
          "record key '%s', its value belongs to '%s'; write it with that key"
              .formatted(StandardCharsets.UTF_8.decode(key.duplicate()), expected));
    }
  }
}

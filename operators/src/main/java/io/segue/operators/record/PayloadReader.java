package io.segue.operators.record;

import io.segue.schemas.avro.PayloadRef;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads payloads that lie outside their records. */
@FunctionalInterface
public interface PayloadReader extends Serializable {
  /**
   * Reads and verifies a payload.
   *
   * @throws IOException if it cannot be read or its bytes are not those that were stored
   */
  byte[] read(PayloadRef ref) throws IOException;

  /**
   * The payload of a record, which carries it or refers to it; an empty buffer if it does neither.
   */
  default ByteBuffer payload(@Nullable ByteBuffer carried, @Nullable PayloadRef ref)
      throws IOException {
    if (carried != null) {
      return carried.duplicate();
    }
    return ref == null ? ByteBuffer.allocate(0) : ByteBuffer.wrap(read(ref));
  }
}

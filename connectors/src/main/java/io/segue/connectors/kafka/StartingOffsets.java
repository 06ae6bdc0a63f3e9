package io.segue.connectors.kafka;

import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/** Where a source begins that has no checkpoint to go on from. */
public enum StartingOffsets {
  /** At the first record kept: nothing is missed, a long topic takes long. */
  EARLIEST,
  /** Behind the last record: what was written before is never seen. */
  LATEST,
  /**
   * Where the consumer group left off at the last checkpoint, at the first record if it has never
   * read: nothing is repeated, but a job that lost its state skips what was in flight then, for its
   * records were read and their outcomes not written. The group must be the job's own.
   */
  COMMITTED;

  @SuppressWarnings("deprecation") // the connector offers no other type for the reset strategy
  OffsetsInitializer initializer() {
    return switch (this) {
      case EARLIEST -> OffsetsInitializer.earliest();
      case LATEST -> OffsetsInitializer.latest();
      case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
    };
  }
}

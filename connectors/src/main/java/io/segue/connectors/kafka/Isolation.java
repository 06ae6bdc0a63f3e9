package io.segue.connectors.kafka;

/** Which records of open or aborted transactions a reader sees. */
public enum Isolation {
  /**
   * Only committed ones, exactly once; they come as late as the writer's checkpoint interval
   * demands.
   */
  READ_COMMITTED("read_committed"),
  /**
   * All, at once; after a failure of the writer some come twice or are never committed. For readers
   * that value latency and deduplicate by identity.
   */
  READ_UNCOMMITTED("read_uncommitted");

  private final String kafkaValue;

  Isolation(String kafkaValue) {
    this.kafkaValue = kafkaValue;
  }

  String kafkaValue() {
    return kafkaValue;
  }
}

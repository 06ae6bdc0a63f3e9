package io.segue.connectors.kafka;

import org.apache.flink.connector.base.DeliveryGuarantee;

/** What a sink promises about the records of a job that fails and goes on. */
public enum Delivery {
  /**
   * Each record is committed once, in the transaction of its checkpoint. Readers under {@link
   * Isolation#READ_COMMITTED} see it up to a checkpoint interval later; the broker keeps
   * transactions, and a job that stays down longer than the transaction timeout loses what it had
   * not committed.
   */
  EXACTLY_ONCE(DeliveryGuarantee.EXACTLY_ONCE),
  /**
   * Each record is visible at once; after a failure those since the last checkpoint come again.
   * Readers deduplicate by identity.
   */
  AT_LEAST_ONCE(DeliveryGuarantee.AT_LEAST_ONCE);

  private final DeliveryGuarantee guarantee;

  Delivery(DeliveryGuarantee guarantee) {
    this.guarantee = guarantee;
  }

  DeliveryGuarantee guarantee() {
    return guarantee;
  }
}

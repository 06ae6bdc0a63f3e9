package io.segue.connectors.kafka;

import java.time.Duration;

/**
 * How a sink delivers.
 *
 * @param delivery the promise
 * @param transactionalIdPrefix stable over restarts and unique to this sink of this job: two sinks
 *     with one prefix abort each other's transactions
 * @param transactionTimeout how long the broker keeps a transaction open that nobody touches; the
 *     longest time that a job may be down without losing what it had written
 */
public record SinkOptions(
    Delivery delivery, String transactionalIdPrefix, Duration transactionTimeout) {
  /** Ten minutes: below the 15 that brokers allow by default. */
  public static final Duration DEFAULT_TRANSACTION_TIMEOUT = Duration.ofMinutes(10);

  /** The prefix must not be blank, the timeout positive. */
  public SinkOptions {
    if (transactionalIdPrefix.isBlank()) {
      throw new IllegalArgumentException(
          "a sink needs a transactional id prefix of its own; none was given");
    }
    if (transactionTimeout.isNegative() || transactionTimeout.isZero()) {
      throw new IllegalArgumentException(
          "sink '%s': transaction timeout %s; it must be positive"
              .formatted(transactionalIdPrefix, transactionTimeout));
    }
  }

  /** With the default transaction timeout. */
  public SinkOptions(Delivery delivery, String transactionalIdPrefix) {
    this(delivery, transactionalIdPrefix, DEFAULT_TRANSACTION_TIMEOUT);
  }

  /**
   * Checks that a transaction outlives a checkpoint interval and a restart: it must be at least
   * twice the interval and a minute.
   */
  void checkAgainst(Duration checkpointInterval) {
    Duration needed = checkpointInterval.multipliedBy(2).plusMinutes(1);
    if (delivery == Delivery.EXACTLY_ONCE && transactionTimeout.compareTo(needed) < 0) {
      throw new IllegalArgumentException(
          "sink '%s': transaction timeout %d s is too short for a checkpoint interval of %d s; at least %d s are needed"
              .formatted(
                  transactionalIdPrefix,
                  transactionTimeout.toSeconds(),
                  checkpointInterval.toSeconds(),
                  needed.toSeconds()));
    }
  }
}

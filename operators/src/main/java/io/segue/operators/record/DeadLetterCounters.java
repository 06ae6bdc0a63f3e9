package io.segue.operators.record;

import io.segue.schemas.avro.DeadLetterCause;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Flink counters {@code deadLetters.<cause>} of one operator. */
public final class DeadLetterCounters {
  private final MetricGroup group;
  private final Map<DeadLetterCause, Counter> counters = new EnumMap<>(DeadLetterCause.class);

  public DeadLetterCounters(MetricGroup operator) {
    this.group = operator.addGroup("deadLetters");
  }

  /** Counts one dead letter. */
  public void count(DeadLetterCause cause) {
    counters.computeIfAbsent(cause, c -> group.counter(c.name())).inc();
  }
}

package io.segue.operators.record;

import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelEvent;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.util.OutputTag;

/** What operators emit beside their main output; the job writes each to its topic. */
public final class SideOutputs {
  /** Records that were given up. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", new AvroTypeInfo<>(DeadLetter.class));

  /** Measured values. */
  public static final OutputTag<Metric> METRICS =
      new OutputTag<>("metrics", new AvroTypeInfo<>(Metric.class));

  /** What happened to a model version. */
  public static final OutputTag<ModelEvent> MODEL_EVENTS =
      new OutputTag<>("model-events", new AvroTypeInfo<>(ModelEvent.class));

  private SideOutputs() {}
}

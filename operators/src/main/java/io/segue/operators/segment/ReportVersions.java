package io.segue.operators.segment;

import io.segue.operators.record.TopicWriter;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.flow.ProducedRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Writes what becomes of versions in this process, and how a shadow compares, within a fraction of
 * a second of its happening, whether or not a frame comes. Passes on what comes in.
 *
 * <p>What a process did is not Flink's state: an event that was not yet in a completed checkpoint
 * when the process failed is lost with the process it tells of.
 */
public final class ReportVersions extends AbstractStreamOperator<ProducedRecord>
    implements OneInputStreamOperator<ProducedRecord, ProducedRecord> {
  private static final long serialVersionUID = 1L;
  private static final Duration PERIOD = Duration.ofMillis(200);

  private final HostSource hosts;
  private final TopicWriter writer;
  private transient @Nullable ModelHost host;
  private transient @Nullable ProcessMemory memory;
  private transient @Nullable ScheduledFuture<?> timer;

  /**
   * @param hosts of this process's models
   * @param writer the way to the topics
   */
  public ReportVersions(HostSource hosts, TopicWriter writer) {
    this.hosts = hosts;
    this.writer = writer;
  }

  @Override
  public void open() throws Exception {
    super.open();
    ModelHost opened = hosts.acquire(getRuntimeContext());
    host = opened;
    memory = ProcessMemory.of(getRuntimeContext()).orElse(null);
    timer =
        getProcessingTimeService()
            .scheduleWithFixedDelay(time -> report(opened), PERIOD.toMillis(), PERIOD.toMillis());
  }

  private void report(ModelHost from) throws IOException {
    List<ModelEvent> events = from.drainEvents();
    for (ModelEvent event : events) {
      output.collect(new StreamRecord<>(writer.event(event)));
    }
    if (!events.isEmpty()) {
      checkMemory();
    }
    for (Metric metric : from.drainMetrics()) {
      output.collect(new StreamRecord<>(writer.metric(metric)));
    }
  }

  /** Versions that have come are what makes a process grow; said once. */
  private void checkMemory() {
    ProcessMemory told = memory;
    if (told != null) {
      told.shortfall(Pointer.physicalBytes())
          .ifPresent(
              shortfall -> {
                LOG.warn(shortfall);
                memory = null;
              });
    }
  }

  @Override
  public void processElement(StreamRecord<ProducedRecord> record) {
    output.collect(record);
  }

  @Override
  public void finish() throws Exception {
    ModelHost open = host;
    if (open != null) {
      report(open);
    }
    super.finish();
  }

  @Override
  public void close() throws Exception {
    ScheduledFuture<?> scheduled = timer;
    if (scheduled != null) {
      scheduled.cancel(false);
    }
    ModelHost open = host;
    if (open != null) {
      host = null;
      open.close();
    }
    super.close();
  }
}

package io.segue.operators.segment;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.ToLongFunction;
import org.apache.flink.metrics.MetricGroup;
import org.bytedeco.javacpp.Pointer;

/**
 * Registers the figures of a process's engines with one of its subtasks at a time, the one that has
 * been there longest, so that a sum over subtasks counts each process once. When that one goes, the
 * next takes over. Thread-safe.
 */
final class EngineMetrics {
  private final ModelHost host;
  private final Deque<MetricGroup> subtasks = new ArrayDeque<>();

  EngineMetrics(ModelHost host) {
    this.host = host;
  }

  /** A subtask has come. */
  synchronized void add(MetricGroup subtask) {
    subtasks.add(subtask);
    if (subtasks.size() == 1) {
      register(subtask);
    }
  }

  /** A subtask goes; Flink drops with it what was registered with it. */
  synchronized void remove(MetricGroup subtask) {
    boolean registered = subtasks.peek() == subtask;
    subtasks.remove(subtask);
    if (registered && !subtasks.isEmpty()) {
      register(subtasks.element());
    }
  }

  private void register(MetricGroup subtask) {
    MetricGroup engine = subtask.addGroup("engine");
    engine.gauge("queueDepth", host::queueDepth);
    engine.gauge("versionsInMemory", host::versionsInMemory);
    engine.gauge("residentBytes", Pointer::physicalBytes);
    engine.gauge("nativeBytes", NativeHeap::bytes);
    total(engine, "frames", EngineMeter::frames);
    total(engine, "batches", EngineMeter::batches);
    total(engine, "waitNanos", EngineMeter::waitNanos);
    total(engine, "decodeNanos", EngineMeter::decodeNanos);
    total(engine, "inferenceNanos", EngineMeter::inferenceNanos);
    total(engine, "encodeNanos", EngineMeter::encodeNanos);
  }

  private void total(MetricGroup engine, String name, ToLongFunction<EngineMeter> figure) {
    engine.gauge(name, () -> host.total(figure));
  }
}

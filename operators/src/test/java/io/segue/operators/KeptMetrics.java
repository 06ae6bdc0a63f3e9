package io.segue.operators;

import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.groups.OperatorMetricGroup;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.groups.TaskMetricGroup;
import org.apache.flink.runtime.metrics.scope.ScopeFormats;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;

/** What an operator registers with Flink, by its name below the operator: {@code engine.frames}. */
public final class KeptMetrics {
  private static final String OPERATOR = "operator";

  private final TreeMap<String, Metric> metrics = new TreeMap<>();
  private final TaskMetricGroup task =
      TaskManagerMetricGroup.createTaskManagerMetricGroup(
              TestingMetricRegistry.builder()
                  .setScopeFormats(
                      ScopeFormats.fromConfig(
                          new Configuration().set(MetricOptions.SCOPE_NAMING_OPERATOR, OPERATOR)))
                  .setRegisterConsumer(
                      (metric, name, group) -> {
                        String id = group.getMetricIdentifier(name);
                        if (id.startsWith(OPERATOR + ".")) {
                          metrics.put(id.substring(OPERATOR.length() + 1), metric);
                        }
                      })
                  .build(),
              "localhost",
              ResourceID.generate())
          .addJob(new JobID(), "job")
          .addTask(ExecutionAttemptID.randomId(), "task");

  /** Where a harness runs an operator of a job so that its metrics are kept. */
  public MockEnvironment environment(JobID job) {
    return new MockEnvironmentBuilder()
        .setJobID(job)
        .setMetricGroup(task)
        .setMaxParallelism(128)
        .build();
  }

  /** The group of an operator whose harness takes no environment. */
  public OperatorMetricGroup operator() {
    return task.getOrAddOperator(OPERATOR);
  }

  public Set<String> names() {
    return metrics.keySet();
  }

  /** The value of a counter or of a gauge of numbers. */
  public long value(String name) {
    Metric metric = metrics.get(name);
    if (metric instanceof Counter counter) {
      return counter.getCount();
    } else if (metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number number) {
      return number.longValue();
    }
    throw new AssertionError("no '%s' among %s".formatted(name, metrics.keySet()));
  }
}

package io.segue.operators.segment;

import io.segue.operators.admit.FrameLimits;
import java.io.Serializable;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * How an operator comes to the host of its job in its process.
 *
 * @param options how models are served
 * @param loader brings versions into the process
 * @param limits of frames whose payload came by reference
 */
public record HostSource(ServingOptions options, ModelLoader loader, FrameLimits limits)
    implements Serializable {

  /** The job's host in this process, to be closed once by the caller. */
  public ModelHost acquire(RuntimeContext context) {
    return ModelHost.acquire(
        context.getJobInfo().getJobId().toString(), options, loader, limits.image());
  }
}

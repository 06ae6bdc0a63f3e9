package io.segue.model.serve;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.tensorflow.proto.ConfigProto;

/** Serves from one frozen graph a plan, built when a plan is first asked for. */
final class FrozenServingModel implements ServingModel {
  private final ModelSpec spec;
  private final Weights weights;
  private final ConfigProto config;
  private final Map<Plan, PlanGraph> graphs = new HashMap<>();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  FrozenServingModel(ModelSpec spec, Weights weights, ConfigProto config) {
    this.spec = spec;
    this.weights = weights;
    this.config = config;
  }

  @Override
  public ModelSpec spec() {
    return spec;
  }

  @Override
  public Segmentation segment(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    if (batch < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "model '%s': a batch of %d frames of %d×%d; all must be 1 or more"
              .formatted(spec.name(), batch, height, width));
    }
    long needed = 3L * batch * height * width;
    if (!rgb.isDirect() || rgb.remaining() < needed) {
      throw new IllegalArgumentException(
          "model '%s': %s buffer with %d bytes, %d frames of %d×%d need a direct one with %d"
              .formatted(
                  spec.name(),
                  rgb.isDirect() ? "direct" : "heap",
                  rgb.remaining(),
                  batch,
                  height,
                  width,
                  needed));
    }
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("model '" + spec.name() + "' is closed");
      }
      return graph(plan).run(rgb, batch, height, width);
    } finally {
      lock.readLock().unlock();
    }
  }

  private PlanGraph graph(Plan plan) {
    synchronized (graphs) {
      return graphs.computeIfAbsent(plan, it -> new PlanGraph(spec, weights, it, config));
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      graphs.values().forEach(PlanGraph::close);
      graphs.clear();
    } finally {
      lock.writeLock().unlock();
    }
  }
}

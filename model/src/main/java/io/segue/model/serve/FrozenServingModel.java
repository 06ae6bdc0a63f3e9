package io.segue.model.serve;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
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
    check(rgb, batch, height, width);
    return with(plan, graph -> graph.run(rgb, batch, height, width));
  }

  @Override
  public PixelScores pixelScores(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    check(rgb, batch, height, width);
    return with(plan, graph -> graph.pixelScores(rgb, batch, height, width));
  }

  private void check(ByteBuffer rgb, int batch, int height, int width) {
    FrameBuffers.check(spec.name(), rgb, batch, height, width);
  }

  private <T> T with(Plan plan, Function<PlanGraph, T> use) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("model '" + spec.name() + "' is closed");
      }
      return use.apply(graph(plan));
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

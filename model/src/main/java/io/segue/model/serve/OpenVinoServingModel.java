package io.segue.model.serve;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.serve.openvino.OpenVino;
import io.segue.model.serve.openvino.OpenVinoPrecision;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/** Serves through OpenVINO, from one compiled graph a plan, made when a plan is first asked for. */
final class OpenVinoServingModel implements ServingModel {
  private final OpenVino openVino;
  private final OpenVinoPrecision precision;
  private final ModelSpec spec;
  private final Weights weights;
  private final Map<Wanted, OpenVinoGraph> graphs = new HashMap<>();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  private record Wanted(Plan plan, OpenVinoGraph.Task task) {}

  OpenVinoServingModel(
      OpenVino openVino, OpenVinoPrecision precision, ModelSpec spec, Weights weights) {
    this.openVino = openVino;
    this.precision = precision;
    this.spec = spec;
    this.weights = weights;
  }

  @Override
  public ModelSpec spec() {
    return spec;
  }

  @Override
  public Segmentation segment(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    FrameBuffers.check(spec.name(), rgb, batch, height, width);
    return with(
        new Wanted(plan, OpenVinoGraph.Task.MASKS), it -> it.run(rgb, batch, height, width));
  }

  @Override
  public PixelScores pixelScores(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    FrameBuffers.check(spec.name(), rgb, batch, height, width);
    return with(
        new Wanted(plan, OpenVinoGraph.Task.SCORES),
        it -> it.pixelScores(rgb, batch, height, width));
  }

  private <T> T with(Wanted wanted, Function<OpenVinoGraph, T> use) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("model '" + spec.name() + "' is closed");
      }
      return use.apply(graph(wanted));
    } finally {
      lock.readLock().unlock();
    }
  }

  private OpenVinoGraph graph(Wanted wanted) {
    synchronized (graphs) {
      return graphs.computeIfAbsent(
          wanted,
          it -> new OpenVinoGraph(openVino, precision, spec, weights, it.plan(), it.task()));
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      graphs.values().forEach(OpenVinoGraph::close);
      graphs.clear();
    } finally {
      lock.writeLock().unlock();
    }
  }
}

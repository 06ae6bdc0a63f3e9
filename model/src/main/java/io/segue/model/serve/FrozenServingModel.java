package io.segue.model.serve;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.tensorflow.proto.ConfigProto;

/**
 * Serves from one frozen graph a plan, built when a plan is first asked for. In bfloat16 until
 * {@link #settle} finds that too many pixels differ.
 */
final class FrozenServingModel implements ServingModel {
  /** A graph of this model. */
  private record Built(Plan plan, ServingForm form) {}

  private final ModelSpec spec;
  private final Weights weights;
  private volatile ServingForm form;
  private final ConfigProto config;
  private final Map<Built, PlanGraph> graphs = new HashMap<>();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  FrozenServingModel(ModelSpec spec, Weights weights, ServingForm form, ConfigProto config) {
    this.spec = spec;
    this.weights = weights;
    this.form = form;
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

  @Override
  public Precision precision() {
    return form == ServingForm.FUSED_BFLOAT16 ? Precision.BFLOAT16 : Precision.FLOAT32;
  }

  @Override
  public OptionalDouble settle(
      ByteBuffer rgb, int batch, int height, int width, Plan plan, double least) {
    check(rgb, batch, height, width);
    if (form != ServingForm.FUSED_BFLOAT16) {
      return OptionalDouble.empty();
    }
    try (PlanGraph exact = new PlanGraph(spec, weights, plan, FormChoice.float32(), config);
        Segmentation wanted = exact.run(rgb, batch, height, width);
        Segmentation given = segment(rgb, batch, height, width, plan)) {
      long equal = 0;
      for (int frame = 0; frame < batch; frame++) {
        equal += equal(wanted.mask(frame), given.mask(frame));
      }
      double share = (double) equal / ((long) batch * height * width);
      if (share < least) {
        form = FormChoice.float32();
      }
      return OptionalDouble.of(share);
    }
  }

  private static long equal(ByteBuffer one, ByteBuffer other) {
    long equal = 0;
    for (int i = 0; i < one.remaining(); i++) {
      equal += one.get(i) == other.get(i) ? 1 : 0;
    }
    return equal;
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
      return use.apply(graph(plan, form));
    } finally {
      lock.readLock().unlock();
    }
  }

  private PlanGraph graph(Plan plan, ServingForm wanted) {
    synchronized (graphs) {
      return graphs.computeIfAbsent(
          new Built(plan, wanted), it -> new PlanGraph(spec, weights, plan, wanted, config));
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

package io.segue.model.serve;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.network.SegmentationModel;
import io.segue.model.serve.form.Precision;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Serves with frozen weights, from what an engine compiles when a plan is first asked for. In
 * bfloat16, if it begins so, until {@link #settle} finds that too many pixels differ.
 *
 * @param <F> the forms that the engine compiles a plan in
 */
final class FrozenServingModel<F> implements ServingModel {
  /** What is compiled once. */
  private record Wanted<F>(Plan plan, F form) {}

  private final ModelSpec spec;
  private final F exact;
  private final BiFunction<Plan, F, CompiledPlan> engine;
  private final boolean preparesForBatchSize;
  private final int stride;
  private final ConcurrentMap<Wanted<F>, CompletableFuture<CompiledPlan>> compiled =
      new ConcurrentHashMap<>();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile F form;
  private boolean closed;

  /**
   * @param form in which the model serves
   * @param exact the form in float32
   * @param engine compiles
   * @param preparesForBatchSize whether what it compiles prepares itself for each batch size
   */
  FrozenServingModel(
      ModelSpec spec,
      F form,
      F exact,
      BiFunction<Plan, F, CompiledPlan> engine,
      boolean preparesForBatchSize) {
    this.spec = spec;
    this.form = form;
    this.exact = exact;
    this.engine = engine;
    this.preparesForBatchSize = preparesForBatchSize;
    this.stride = SegmentationModel.of(spec.network()).backbone().stride();
  }

  @Override
  public ModelSpec spec() {
    return spec;
  }

  @Override
  public Segmentation segment(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    FrameBuffers.check(spec.name(), rgb, batch, height, width);
    return with(plan, it -> it.run(rgb, batch, height, width));
  }

  @Override
  public PixelScores pixelScores(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    FrameBuffers.check(spec.name(), rgb, batch, height, width);
    return with(plan, it -> it.pixelScores(rgb, batch, height, width));
  }

  @Override
  public void requireFits(Plan plan) {
    PlanBranches.requireFits(plan, spec.inputHeight(), spec.inputWidth(), stride);
  }

  @Override
  public Precision precision() {
    return form.equals(exact) ? Precision.FLOAT32 : Precision.BFLOAT16;
  }

  @Override
  public boolean preparesForBatchSize() {
    return preparesForBatchSize;
  }

  @Override
  public Segmentation warm(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    FrameBuffers.check(spec.name(), rgb, batch, height, width);
    return with(plan, it -> it.runOnCaller(rgb, batch, height, width));
  }

  /**
   * The graph in float32 stays where the model goes over to it, which it does once all plans in use
   * are compiled in float32: frames are served in bfloat16 until then, and wait for nothing.
   */
  @Override
  public OptionalDouble settle(
      Segmentation masks,
      ByteBuffer rgb,
      int batch,
      int height,
      int width,
      Plan plan,
      double least) {
    FrameBuffers.check(spec.name(), rgb, batch, height, width);
    lock.readLock().lock();
    try {
      checkOpen();
      if (form.equals(exact)) {
        return OptionalDouble.empty();
      }
      CompiledPlan reference = engine.apply(plan, exact);
      boolean kept = false;
      try (Segmentation wanted = reference.runOnCaller(rgb, batch, height, width)) {
        double share = masks.equalPixelShare(wanted, batch);
        if (share < least) {
          kept = keep(new Wanted<>(plan, exact), reference);
          plansIn(form).forEach(it -> compiled(new Wanted<>(it, exact)));
          form = exact;
        }
        return OptionalDouble.of(share);
      } finally {
        if (!kept) {
          reference.close();
        }
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  private boolean keep(Wanted<F> wanted, CompiledPlan plan) {
    return compiled.putIfAbsent(wanted, CompletableFuture.completedFuture(plan)) == null;
  }

  private List<Plan> plansIn(F served) {
    return compiled.keySet().stream()
        .filter(it -> it.form().equals(served))
        .map(Wanted::plan)
        .toList();
  }

  private <T> T with(Plan plan, Function<CompiledPlan, T> use) {
    lock.readLock().lock();
    try {
      checkOpen();
      return use.apply(compiled(new Wanted<>(plan, form)));
    } finally {
      lock.readLock().unlock();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("model '" + spec.name() + "' is closed");
    }
  }

  /** Compiles at most once; only who needs the very same plan and form waits for it. */
  private CompiledPlan compiled(Wanted<F> wanted) {
    CompletableFuture<CompiledPlan> mine = new CompletableFuture<>();
    CompletableFuture<CompiledPlan> known = compiled.putIfAbsent(wanted, mine);
    if (known != null) {
      return joined(known);
    }
    try {
      mine.complete(engine.apply(wanted.plan(), wanted.form()));
    } catch (RuntimeException | Error e) {
      compiled.remove(wanted, mine);
      mine.completeExceptionally(e);
    }
    return joined(mine);
  }

  private static CompiledPlan joined(CompletableFuture<CompiledPlan> plan) {
    try {
      return plan.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      compiled.values().forEach(plan -> plan.join().close());
      compiled.clear();
    } finally {
      lock.writeLock().unlock();
    }
  }
}

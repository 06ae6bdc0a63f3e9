package io.segue.model.serve;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.serve.form.Precision;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves through the fastest of several engines, found out on the first batch that comes. The first
 * engine is the reference: another one is taken only where all but {@value #MOST_DIFFERING} of the
 * pixels come out equal. The choice is remembered for each network, so that later versions of it
 * load without measuring; where an engine fails or disagrees it is not.
 */
final class MeasuredServingModel implements ServingModel {
  /** What bfloat16 turns among near ties is up to 0.9 % on networks with random weights. */
  static final double MOST_DIFFERING = 0.01;

  private static final Logger LOG = LoggerFactory.getLogger(MeasuredServingModel.class);
  private static final int WARM_UP = 2;
  private static final int ROUNDS = 3;

  private final ModelSpec spec;
  private final List<Engine> engines;
  private final Map<Network, String> fastest;
  private final LongSupplier nanoTime;
  private volatile @Nullable ServingModel chosen;
  private boolean closed;

  /** An engine by the name under which it is logged and remembered. */
  record Engine(String name, Supplier<ServingModel> model) {}

  /** What the speed of an engine depends on. */
  record Network(SegmentationModelConfig config, int height, int width) {}

  /** An engine at work on the batch that decides. */
  private static final class Contender {
    private final String name;
    private final ServingModel model;
    private long nanos = Long.MAX_VALUE;
    private double equal = 1;

    Contender(String name, ServingModel model) {
      this.name = name;
      this.model = model;
    }
  }

  /**
   * @param engines the reference first
   * @param fastest the choices of this process, to which this model's is added; thread-safe
   * @param nanoTime the clock
   */
  MeasuredServingModel(
      ModelSpec spec, List<Engine> engines, Map<Network, String> fastest, LongSupplier nanoTime) {
    this.spec = spec;
    this.engines = List.copyOf(engines);
    this.fastest = fastest;
    this.nanoTime = nanoTime;
  }

  @Override
  public ModelSpec spec() {
    return spec;
  }

  @Override
  public Segmentation segment(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    return chosen(rgb, batch, height, width, plan).segment(rgb, batch, height, width, plan);
  }

  @Override
  public PixelScores pixelScores(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    return chosen(rgb, batch, height, width, plan).pixelScores(rgb, batch, height, width, plan);
  }

  /** Nothing is refused as long as nothing has been chosen. */
  @Override
  public void requireFits(Plan plan) {
    ServingModel model = chosen;
    if (model != null) {
      model.requireFits(plan);
    }
  }

  /** Float32 as long as nothing has been chosen. */
  @Override
  public Precision precision() {
    ServingModel model = chosen;
    return model == null ? Precision.FLOAT32 : model.precision();
  }

  @Override
  public boolean preparesForBatchSize() {
    ServingModel model = chosen;
    return model == null || model.preparesForBatchSize();
  }

  @Override
  public Segmentation warm(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    return chosen(rgb, batch, height, width, plan).warm(rgb, batch, height, width, plan);
  }

  @Override
  public OptionalDouble settle(
      Segmentation masks,
      ByteBuffer rgb,
      int batch,
      int height,
      int width,
      Plan plan,
      double least) {
    return chosen(rgb, batch, height, width, plan)
        .settle(masks, rgb, batch, height, width, plan, least);
  }

  private ServingModel chosen(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    ServingModel model = chosen;
    return model != null ? model : choose(rgb, batch, height, width, plan);
  }

  private synchronized ServingModel choose(
      ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    if (closed) {
      throw new IllegalStateException("model '" + spec.name() + "' is closed");
    }
    ServingModel model = chosen;
    if (model == null) {
      FrameBuffers.check(spec.name(), rgb, batch, height, width);
      Network network = new Network(spec.network(), spec.inputHeight(), spec.inputWidth());
      String remembered = fastest.get(network);
      model =
          engines.stream()
              .filter(it -> it.name().equals(remembered))
              .findFirst()
              .map(it -> it.model().get())
              .orElseGet(() -> new Measurement(rgb, batch, height, width, plan).winner(network));
      chosen = model;
    }
    return model;
  }

  /** All engines in turn on one batch. */
  private final class Measurement {
    private final ByteBuffer rgb;
    private final int batch;
    private final int height;
    private final int width;
    private final Plan plan;
    private final List<Contender> contenders = new ArrayList<>();

    Measurement(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
      this.rgb = rgb;
      this.batch = batch;
      this.height = height;
      this.width = width;
      this.plan = plan;
    }

    ServingModel winner(Network network) {
      ServingModel winner = null;
      try {
        engines.forEach(this::warm);
        for (int round = 0; round < ROUNDS; round++) {
          for (Contender each : contenders) {
            long start = nanoTime.getAsLong();
            run(each.model).close();
            each.nanos = Math.min(each.nanos, nanoTime.getAsLong() - start);
          }
        }
        Contender best = contenders.get(0);
        for (Contender each : contenders) {
          boolean agrees = 1 - each.equal <= MOST_DIFFERING;
          best = agrees && each.nanos < best.nanos ? each : best;
        }
        report(best);
        if (contenders.size() == engines.size()
            && contenders.stream().allMatch(it -> 1 - it.equal <= MOST_DIFFERING)) {
          fastest.put(network, best.name);
        }
        winner = best.model;
        return winner;
      } finally {
        for (Contender each : contenders) {
          if (each.model != winner) {
            each.model.close();
          }
        }
      }
    }

    private void warm(Engine engine) {
      int before = contenders.size();
      try {
        ServingModel model = engine.model().get();
        Contender contender = new Contender(engine.name(), model);
        contenders.add(contender);
        for (int i = 0; i < WARM_UP; i++) {
          run(model).close();
        }
        if (before > 0) {
          try (Segmentation wanted = run(contenders.get(0).model);
              Segmentation given = run(model)) {
            contender.equal = given.equalPixelShare(wanted, batch);
          }
        }
      } catch (RuntimeException e) {
        if (before == 0) {
          throw e;
        }
        LOG.warn("model '{}': {} cannot run it", spec.name(), engine.name(), e);
        if (contenders.size() > before) {
          contenders.remove(before).model.close();
        }
      }
    }

    private Segmentation run(ServingModel model) {
      return model.segment(rgb, batch, height, width, plan);
    }

    private void report(Contender best) {
      Map<String, String> figures = new LinkedHashMap<>();
      for (Contender each : contenders) {
        figures.put(
            each.name,
            "%.1f ms, %.3f %% equal pixels".formatted(each.nanos / 1e6 / batch, 100 * each.equal));
      }
      LOG.info(
          "model '{}' is served by {}; a frame in a batch of {} of {}x{} under plan {} took: {}",
          spec.name(),
          best.name,
          batch,
          height,
          width,
          plan.id(),
          figures);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    ServingModel model = chosen;
    if (model != null) {
      model.close();
    }
  }
}

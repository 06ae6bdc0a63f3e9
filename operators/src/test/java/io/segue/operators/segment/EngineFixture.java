package io.segue.operators.segment;

import io.segue.model.config.Plan;
import io.segue.model.config.Taxonomy;
import io.segue.model.serve.ServingEngine;
import io.segue.model.serve.ServingModel;
import io.segue.schemas.avro.InstanceStatus;
import io.segue.schemas.avro.ModelState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An engine over scripted models, on threads that the test holds still. */
final class EngineFixture {
  static final ServingOptions OPTIONS =
      options(3, Duration.ofMillis(10), 1 << 20, Duration.ofSeconds(5), 4L << 30);

  final HeldThreads held = new HeldThreads();
  final Map<Long, ScriptedModel> models = new HashMap<>();
  final Map<Long, Throwable> broken = new HashMap<>();
  final Map<Long, Runnable> duringLoad = new HashMap<>();
  @Nullable Taxonomy taxonomy;
  final List<Long> loads = new ArrayList<>();
  final List<String> changes = new ArrayList<>();
  final RecentFrames recent = new RecentFrames();
  final EngineMeter meter = new EngineMeter();
  final ShadowReports shadows = new ShadowReports(held);
  final ModelVersions versions;
  final InferenceEngine engine;
  private long revision;

  /** Options with one pool thread and three versions, the rest by default. */
  static ServingOptions options(
      int maxBatchSize,
      Duration maxDelay,
      long maxBatchBytes,
      Duration deadline,
      long maxPlanBytes) {
    ServingOptions base = ServingOptions.DEFAULT;
    return new ServingOptions(
        maxBatchSize,
        maxDelay,
        maxBatchBytes,
        deadline,
        base.loadDeadline(),
        1,
        3,
        maxPlanBytes,
        base.precision(),
        base.leastAgreement(),
        base.engine(),
        base.openvino(),
        base.devices());
  }

  /** The defaults, with an engine on certain devices. */
  static ServingOptions on(ServingEngine engine, List<String> devices) {
    ServingOptions base = ServingOptions.DEFAULT;
    return new ServingOptions(
        base.maxBatchSize(),
        base.maxDelay(),
        base.maxBatchBytes(),
        base.deadline(),
        base.loadDeadline(),
        base.poolThreads(),
        base.maxVersions(),
        base.maxPlanBytes(),
        base.precision(),
        base.leastAgreement(),
        engine,
        base.openvino(),
        devices);
  }

  EngineFixture() {
    this(OPTIONS);
  }

  EngineFixture(ServingOptions options) {
    EngineThreads threads = held.threads();
    ImageCodec codec = new RawCodec();
    versions =
        new ModelVersions(
            "road",
            new CheckedLoader("road", new Loader(), new WarmUp(options, codec, recent)),
            options,
            threads,
            this::changed);
    engine = new InferenceEngine(versions, options, codec, threads, meter, recent, shadows);
  }

  private final class Loader implements ModelLoader {
    private static final long serialVersionUID = 1L;

    @Override
    public ServingModel load(String model, long version) throws Exception {
      return EngineFixture.this.load(version);
    }

    @Override
    public Optional<Taxonomy> taxonomy(String model) {
      return Optional.ofNullable(taxonomy);
    }
  }

  private ScriptedModel load(long version) throws Exception {
    loads.add(version);
    duringLoad.getOrDefault(version, () -> {}).run();
    Throwable failure = broken.get(version);
    if (failure instanceof Error error) {
      throw error;
    } else if (failure instanceof Exception exception) {
      throw exception;
    }
    ScriptedModel loaded = models.get(version);
    if (loaded == null || loaded.closed) {
      loaded = new ScriptedModel();
      models.put(version, loaded);
    }
    return loaded;
  }

  private void changed(String model, long version, InstanceStatus status, String reason) {
    changes.add(version + " " + status);
  }

  /** Announces a live version and the one before. */
  void announce(long live, Long previous) {
    announce(live, previous, null);
  }

  /** Announces a live version, the one before and a shadow. */
  void announce(long live, Long previous, Long shadow) {
    announce(state(live).setPrevious(previous).setShadow(shadow));
  }

  /** Announces a state as the next revision. */
  void announce(ModelState.Builder state) {
    versions.announce(state.setRevision(++revision).build());
  }

  static ModelState.Builder state(long live) {
    return ModelState.newBuilder()
        .setModel("road")
        .setRevision(0)
        .setLive(live)
        .setUpdatedAt(Instant.EPOCH)
        .setReason("test");
  }

  /** Announces a live version and loads it. */
  ScriptedModel serve(long live) {
    announce(live, null);
    held.settle();
    models.get(live).calls.clear();
    return models.get(live);
  }

  CompletableFuture<FrameResult> submit(long version, ByteBuffer image) {
    return submit(version, image, Long.MAX_VALUE);
  }

  CompletableFuture<FrameResult> submit(long version, ByteBuffer image, long bestBefore) {
    return engine.submit(
        new FrameRequest(
            "frame",
            "camera",
            version,
            Plan.SINGLE,
            image.get(0),
            image.get(1),
            bestBefore,
            () -> image));
  }
}

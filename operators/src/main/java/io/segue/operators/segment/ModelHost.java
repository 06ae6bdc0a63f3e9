package io.segue.operators.segment;

import io.segue.connectors.image.ImageLimits;
import io.segue.model.config.Plan;
import io.segue.schemas.avro.InstanceStatus;
import io.segue.schemas.avro.InstanceStatusChange;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All models of one job in one process, shared by its subtasks: each version is in memory once,
 * however many subtasks use it. Created by the first {@link #acquire}, closed by the last {@link
 * #close}, which waits a while for what is in flight and then for native memory to be freed.
 * Thread-safe.
 */
public final class ModelHost implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelHost.class);
  private static final String INSTANCE = instance();
  private static final Map<String, ModelHost> HOSTS = new HashMap<>();

  /** One model: its versions, and the engine that runs them. */
  private record Hosted(
      ModelVersions versions, InferenceEngine engine, EngineMeter meter, ShadowReports shadows) {}

  private final String id;
  private final ServingOptions options;
  private final ModelLoader loader;
  private final ImageCodec codec;
  private final HostThreads threads;
  private final Map<String, Hosted> models = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<ModelEvent> events = new ConcurrentLinkedQueue<>();
  private int users;

  private ModelHost(String id, ServingOptions options, ModelLoader loader, ImageLimits limits) {
    this.id = id;
    this.options = options;
    this.loader = loader;
    this.codec = ImageCodec.of(limits);
    this.threads = new HostThreads(options.poolThreads());
  }

  /**
   * The host of a job in this process; the first caller's options hold for all. Each call is to be
   * matched by one {@link #close}.
   *
   * @param id of the job
   */
  public static ModelHost acquire(
      String id, ServingOptions options, ModelLoader loader, ImageLimits limits) {
    synchronized (HOSTS) {
      ModelHost host = HOSTS.get(id);
      if (host == null || host.isBroken()) {
        host = new ModelHost(id, options, loader, limits);
        HOSTS.put(id, host);
      }
      host.users++;
      return host;
    }
  }

  /** Whether an engine has given up: its tasks fail, and who comes after them starts afresh. */
  private boolean isBroken() {
    return models.values().stream().anyMatch(hosted -> hosted.engine().hasFailed());
  }

  /** Loads what an announced state names, unless a newer state of the model is known. */
  public void announce(ModelState state) {
    hosted(state.getModel()).versions().announce(state);
  }

  /** Whether a version of a model can serve in this process. */
  public Readiness readiness(String model, long version) {
    return hosted(model).versions().readiness(version);
  }

  /**
   * The plan that a model's next frame is to have under the present load of this process.
   *
   * @param ladder from the best plan to the cheapest, one or more
   */
  public Plan plan(String model, List<Plan> ladder) {
    return hosted(model).engine().plan(ladder);
  }

  /** Segments a frame by a model. */
  CompletableFuture<FrameResult> submit(String model, FrameRequest request) {
    return hosted(model).engine().submit(request);
  }

  /** What has become of versions since the last call; each event goes to one caller. */
  public List<ModelEvent> drainEvents() {
    List<ModelEvent> drained = new ArrayList<>();
    for (ModelEvent event = events.poll(); event != null; event = events.poll()) {
      drained.add(event);
    }
    return drained;
  }

  /** What shadows were measured to do since the last call; each metric goes to one caller. */
  public List<Metric> drainMetrics() {
    List<Metric> drained = new ArrayList<>();
    models.forEach((model, hosted) -> drained.addAll(hosted.shadows().drain(model)));
    return drained;
  }

  /** Frames that wait for a place in a batch, over all models. */
  public int queueDepth() {
    return models.values().stream().mapToInt(hosted -> hosted.engine().queueDepth()).sum();
  }

  /** Versions in memory, over all models. */
  public int versionsInMemory() {
    return models.values().stream().mapToInt(hosted -> hosted.versions().inMemory()).sum();
  }

  /** The sum of a figure over all models. */
  public long total(ToLongFunction<EngineMeter> figure) {
    return models.values().stream().mapToLong(hosted -> figure.applyAsLong(hosted.meter())).sum();
  }

  private Hosted hosted(String model) {
    return models.computeIfAbsent(model, this::host);
  }

  private Hosted host(String model) {
    EngineThreads engineThreads = threads.forEngine(model);
    RecentFrames recent = new RecentFrames();
    EngineMeter meter = new EngineMeter();
    ShadowReports shadows = new ShadowReports(engineThreads.clock());
    ModelVersions versions =
        new ModelVersions(
            model,
            new CheckedLoader(model, loader, new WarmUp(options, codec, recent)),
            options.maxVersions(),
            engineThreads,
            this::changed);
    InferenceEngine engine =
        new InferenceEngine(versions, options, codec, engineThreads, meter, recent, shadows);
    return new Hosted(versions, engine, meter, shadows);
  }

  private void changed(String model, long version, InstanceStatus status, String reason) {
    LOG.info("Model '{}' version {} is {}: {}", model, version, status, reason);
    events.add(
        ModelEvent.newBuilder()
            .setModel(model)
            .setVersion(version)
            .setTime(Instant.ofEpochMilli(EngineThreads.Clock.SYSTEM.millis()))
            .setReason(reason)
            .setEvent(new InstanceStatusChange(INSTANCE, status))
            .build());
  }

  private static String instance() {
    String host = System.getenv("HOSTNAME");
    return (host == null ? "localhost" : host) + ":" + ProcessHandle.current().pid();
  }

  /** Gives the host up; the last user's call fails what is in flight and frees the models. */
  @Override
  public void close() {
    synchronized (HOSTS) {
      if (--users > 0) {
        return;
      }
      HOSTS.remove(id, this);
    }
    List<Hosted> all = new ArrayList<>(models.values());
    all.forEach(hosted -> hosted.engine().fail(new IllegalStateException("the job is closing")));
    all.forEach(hosted -> hosted.versions().close());
    boolean freed = threads.awaitIdle(() -> versionsInMemory() == 0);
    if (!freed) {
      LOG.error(
          "{} model versions are still busy; their native memory is lost to this process",
          versionsInMemory());
    }
    threads.close();
  }
}

package io.segue.operators.segment;

import io.segue.connectors.image.ImageLimits;
import io.segue.model.config.Plan;
import io.segue.model.serve.form.Devices;
import io.segue.schemas.avro.InstanceStatus;
import io.segue.schemas.avro.InstanceStatusChange;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All models of one job in one process, shared by its subtasks: each version is in memory once for
 * each device, however many subtasks use it. Created by the first {@link #acquire}, closed by the
 * last {@link #close}, which waits a while for what is in flight and then for native memory to be
 * freed. Thread-safe.
 */
public final class ModelHost implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelHost.class);
  private static final String INSTANCE = instance();
  private static final Map<String, ModelHost> HOSTS = new HashMap<>();

  /** One model on one device: its versions, and the engine that runs them. */
  private record Hosted(
      ModelVersions versions,
      InferenceEngine engine,
      EngineMeter meter,
      ShadowReports shadows,
      RecentFrames recent) {}

  private final String id;
  private final ServingOptions options;
  private final ModelLoader loader;
  private final ImageCodec codec;
  private final HostThreads threads;
  private final List<String> devices;
  private final Map<String, List<Hosted>> models = new ConcurrentHashMap<>();
  private final EngineMetrics metrics = new EngineMetrics(this);
  private final AtomicInteger slots = new AtomicInteger();
  private final ConcurrentLinkedQueue<ModelEvent> events = new ConcurrentLinkedQueue<>();
  private int users;

  private ModelHost(String id, ServingOptions options, ModelLoader loader, ImageLimits limits) {
    this.id = id;
    this.options = options;
    this.loader = loader;
    this.codec = ImageCodec.of(limits);
    this.threads = new HostThreads(options.poolThreads(), options.loadDeadline());
    List<String> gpus = Devices.gpus();
    this.devices = options.devicesOf(gpus);
    MissingDevices.tell(options.devices(), gpus, devices, LOG::warn);
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
    return all().anyMatch(hosted -> hosted.engine().hasFailed());
  }

  /**
   * Notes the plans that a model's frames may have, so that versions which load later are warmed
   * under all of them.
   *
   * @param ladder from the best plan to the cheapest, one or more
   */
  public void declare(String model, List<Plan> ladder) {
    hosted(model).forEach(hosted -> hosted.recent().declare(ladder));
  }

  /** Loads what an announced state names, unless a newer state of the model is known. */
  public void announce(ModelState state) {
    hosted(state.getModel()).forEach(hosted -> hosted.versions().announce(state));
  }

  /** Whether a version of a model can serve in this process, on all its devices. */
  public Readiness readiness(String model, long version) {
    Set<Readiness> onDevices =
        hosted(model).stream()
            .map(hosted -> hosted.versions().readiness(version))
            .collect(Collectors.toSet());
    return onDevices.contains(Readiness.FAILED)
        ? Readiness.FAILED
        : onDevices.contains(Readiness.EXPECTED) ? Readiness.EXPECTED : Readiness.READY;
  }

  /**
   * The plan that a model's next frame is to have under the present load of this process.
   *
   * @param ladder from the best plan to the cheapest, one or more
   */
  public Plan plan(String model, List<Plan> ladder) {
    return hosted(model).stream()
        .map(hosted -> hosted.engine().plan(ladder))
        .max(Comparator.comparing(ladder::indexOf))
        .orElseThrow();
  }

  /** The number of a slot that comes to segment frames; slots take turns with the devices. */
  int nextSlot() {
    return slots.getAndIncrement();
  }

  /** Segments a frame by a model, on the device of a slot. */
  CompletableFuture<FrameResult> submit(int slot, String model, FrameRequest request) {
    return hosted(model).get(slot % devices.size()).engine().submit(request);
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
    models.forEach(
        (model, onDevices) ->
            onDevices.forEach(hosted -> drained.addAll(hosted.shadows().drain(model))));
    return drained;
  }

  /** Registers the figures below with the subtasks that use this host. */
  EngineMetrics metrics() {
    return metrics;
  }

  /** Frames that wait for a place in a batch, over all models. */
  public int queueDepth() {
    return all().mapToInt(hosted -> hosted.engine().queueDepth()).sum();
  }

  /** Versions in memory, over all models. */
  public int versionsInMemory() {
    return all().mapToInt(hosted -> hosted.versions().inMemory()).sum();
  }

  /** The sum of a figure over all models. */
  public long total(ToLongFunction<EngineMeter> figure) {
    return all().mapToLong(hosted -> figure.applyAsLong(hosted.meter())).sum();
  }

  private Stream<Hosted> all() {
    return models.values().stream().flatMap(List::stream);
  }

  private List<Hosted> hosted(String model) {
    return models.computeIfAbsent(
        model, it -> devices.stream().map(device -> host(it, device)).toList());
  }

  private Hosted host(String model, String device) {
    EngineThreads engineThreads = threads.forEngine(model + device);
    RecentFrames recent = new RecentFrames();
    EngineMeter meter = new EngineMeter();
    ShadowReports shadows = new ShadowReports(engineThreads.clock());
    ModelVersions versions =
        new ModelVersions(
            model,
            new CheckedLoader(model, loader.on(device), new WarmUp(options, codec, recent)),
            options,
            engineThreads,
            (name, version, status, reason) -> changed(device, name, version, status, reason));
    InferenceEngine engine =
        new InferenceEngine(versions, options, codec, engineThreads, meter, recent, shadows);
    return new Hosted(versions, engine, meter, shadows, recent);
  }

  private void changed(
      String device, String model, long version, InstanceStatus status, String reason) {
    String instance = devices.size() == 1 ? INSTANCE : INSTANCE + "/" + device;
    LOG.info("Model '{}' version {} is {} in {}: {}", model, version, status, instance, reason);
    events.add(
        ModelEvent.newBuilder()
            .setModel(model)
            .setVersion(version)
            .setTime(Instant.ofEpochMilli(EngineThreads.Clock.SYSTEM.millis()))
            .setReason(reason)
            .setEvent(new InstanceStatusChange(instance, status))
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
    List<Hosted> all = all().toList();
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

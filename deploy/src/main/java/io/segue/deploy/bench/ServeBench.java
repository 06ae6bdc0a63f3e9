package io.segue.deploy.bench;

import io.segue.deploy.bench.bare.BenchNetwork;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.operators.assign.StreamRule;
import io.segue.operators.segment.ModelLoader;
import io.segue.operators.segment.RegistryModelLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.apache.kafka.common.IsolationLevel;

/**
 * Serves from topic to topic, exactly once, and holds it against the bare network in the same
 * process: throughput with the topic filled before the clock starts, latency at half of that, and
 * the cost of everything but the network, one after the other in several rounds; then what overload
 * does under each policy.
 */
public final class ServeBench {
  /** Frames that are older than this when their turn comes are skipped in the overload run. */
  private static final Duration MAX_AGE = Duration.ofMillis(500);

  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final int WARM_UP_FRAMES = 50;
  private static final int OVERLOAD = 3;
  private static final int MOST_SECONDS_BETWEEN_CHECKPOINTS = 5;
  private static final double NOOP_RATE_GUESS = 500;

  private final ServeOptions options;
  private final Consumer<String> progress;
  private final Consumer<String> failures;
  private final Duration checkpointInterval;
  private int lines;
  private String round = "";

  /**
   * @param progress hears what is going on
   * @param failures hears why a loop in Python gave no figure
   */
  public ServeBench(ServeOptions options, Consumer<String> progress, Consumer<String> failures) {
    this.options = options;
    this.progress = progress;
    this.failures = failures;
    this.checkpointInterval =
        Duration.ofSeconds(Math.min(MOST_SECONDS_BETWEEN_CHECKPOINTS, options.seconds() / 5));
  }

  /** Runs the measurement. */
  public ServeReport run() throws Exception {
    BenchNetwork network = options.network();
    BenchPictures pictures = BenchPictures.of(network.width(), network.height());
    ModelSpec spec = network.spec(BenchStage.MODEL, pictures.taxonomy());
    report("training the network a little");
    try (BenchStage stage = BenchStage.set(spec, pictures, 1);
        NetworkAlone bare = new NetworkAlone(stage, pictures)) {
      ModelLoader loader =
          new RegistryModelLoader(
              stage.options().registryRoot(), stage.options().serving().engineChoice());
      warmUp(stage, pictures, spec, loader, bare);
      List<ServeRound> rounds = new ArrayList<>();
      for (int i = 1; i <= options.rounds(); i++) {
        round = "round %d of %d: ".formatted(i, options.rounds());
        rounds.add(round(stage, pictures, spec, loader, bare));
      }
      round = "";
      Optional<Overload> keepAll = Optional.empty();
      Optional<Overload> maxAge = Optional.empty();
      if (options.overload()) {
        double rate = OVERLOAD * ServeRound.median(rounds, ServeRound::framesPerSecond);
        report("three times the capacity, every frame kept");
        keepAll = Optional.of(overload(stage, pictures, loader, Duration.ZERO, rate));
        report("three times the capacity, old frames skipped");
        maxAge = Optional.of(overload(stage, pictures, loader, MAX_AGE, rate));
      }
      return new ServeReport(bare, rounds, keepAll, maxAge);
    }
  }

  private void report(String what) {
    progress.accept(round + what);
  }

  /**
   * Has broker, engine and job compiled, with and without a network, until little is left of it.
   */
  private void warmUp(
      BenchStage stage,
      BenchPictures pictures,
      ModelSpec spec,
      ModelLoader loader,
      NetworkAlone bare)
      throws Exception {
    double rate = bare.framesPerSecond(Duration.ofSeconds(1));
    double share = 1;
    for (int i = 1; i <= options.warmUps() && share > CompileTime.SETTLED; i++) {
      report("warming up, pass %d of %d at most".formatted(i, options.warmUps()));
      throughput(stage, pictures, NoopModel.loader(spec), parallelism(), NOOP_RATE_GUESS);
      CompileTime before = CompileTime.now();
      throughput(stage, pictures, loader, parallelism(), rate);
      share = before.shareSince();
    }
  }

  private ServeRound round(
      BenchStage stage,
      BenchPictures pictures,
      ModelSpec spec,
      ModelLoader loader,
      NetworkAlone bare)
      throws Exception {
    Duration half = Duration.ofMillis(options.seconds() * 500L);
    report("the job with a network that does nothing");
    double noop =
        throughput(stage, pictures, NoopModel.loader(spec), parallelism(), NOOP_RATE_GUESS);
    report("the bare network");
    bare.choose(half);
    double before = bare.framesPerSecond(half);
    double latencyAlone = bare.latencyMillis(half);
    Map<Integer, Double> throughput = new LinkedHashMap<>();
    double after = before;
    for (int parallelism : options.parallelism()) {
      report("throughput at parallelism " + parallelism);
      throughput.put(parallelism, throughput(stage, pictures, loader, parallelism, before));
      if (throughput.size() == 1) {
        report("the bare network again");
        after = bare.framesPerSecond(half);
      }
    }
    double best = throughput.values().iterator().next();
    report("loops in Python");
    OptionalDouble tensorflow = python("tensorflow_loop.py", stage, pictures, best);
    OptionalDouble openvino = python("openvino_loop.py", stage, pictures, best);
    report("latency at half load");
    Latency latency = latency(stage, pictures, loader, best / 2);
    return new ServeRound(
        (before + after) / 2, latencyAlone, throughput, tensorflow, openvino, latency, 1e6 / noop);
  }

  private int parallelism() {
    return options.parallelism().get(0);
  }

  private OptionalDouble python(
      String script, BenchStage stage, BenchPictures pictures, double jobRate) throws Exception {
    if (options.python().isEmpty()) {
      return OptionalDouble.empty();
    }
    stage.renew("serve-" + ++lines);
    int frames = (int) Math.max(WARM_UP_FRAMES, jobRate * options.seconds());
    return new PythonLoop(options.python().get(), options.baselines(), failures)
        .framesPerSecond(script, stage, pictures, frames, options.seconds());
  }

  /** Frames a second that are committed while the topic is full. */
  private double throughput(
      BenchStage stage,
      BenchPictures pictures,
      ModelLoader loader,
      int parallelism,
      double expectedRate)
      throws Exception {
    stage.renew("serve-" + ++lines);
    int frames = (int) Math.max(WARM_UP_FRAMES, expectedRate * options.seconds());
    try (FrameLoad load = new FrameLoad(stage, pictures)) {
      load.send(frames);
      try (MaskWatch committed = new MaskWatch(stage, IsolationLevel.READ_COMMITTED);
          BenchJob job =
              BenchJob.start(stage, stage.options(), parallelism, checkpointInterval, loader)) {
        committed.awaitCount(load.sent(), TIMEOUT, job);
        return CommitBursts.rate(committed.seen(), checkpointInterval.dividedBy(4));
      }
    }
  }

  /**
   * Latencies from append to visibility.
   *
   * @param millis of each frame to a reader of everything
   * @param committedMillis of each frame to a reader of what is committed
   */
  @SuppressWarnings("ArrayRecordComponent") // samples, read once
  record Latency(double[] millis, double[] committedMillis) {}

  private Latency latency(BenchStage stage, BenchPictures pictures, ModelLoader loader, double rate)
      throws Exception {
    stage.renew("serve-" + ++lines);
    try (BenchJob job =
            BenchJob.start(stage, stage.options(), parallelism(), checkpointInterval, loader);
        FrameLoad load = new FrameLoad(stage, pictures);
        MaskWatch visible = new MaskWatch(stage, IsolationLevel.READ_UNCOMMITTED);
        MaskWatch committed = new MaskWatch(stage, IsolationLevel.READ_COMMITTED)) {
      load.send(WARM_UP_FRAMES);
      committed.awaitCount(load.sent(), TIMEOUT, job);
      load.start(rate);
      Thread.sleep(options.seconds() * 1000L);
      load.stop();
      committed.awaitCount(load.sent(), TIMEOUT, job);
      return new Latency(latencies(visible), latencies(committed));
    }
  }

  private static double[] latencies(MaskWatch watch) {
    return watch.seenFrom(WARM_UP_FRAMES).stream()
        .mapToDouble(MaskWatch.Seen::latencyMillis)
        .toArray();
  }

  /**
   * What three times the capacity does.
   *
   * @param skippedShare of all frames
   * @param freshnessMillis ages of masks when they became visible, while the overload lasted
   * @param recoveryMillis from the end of the overload until every frame had its outcome
   */
  @SuppressWarnings("ArrayRecordComponent") // samples, read once
  record Overload(double skippedShare, double[] freshnessMillis, double recoveryMillis) {}

  private Overload overload(
      BenchStage stage, BenchPictures pictures, ModelLoader loader, Duration maxAge, double rate)
      throws Exception {
    stage.renew("serve-" + ++lines);
    StreamRule rule = new StreamRule("*", BenchStage.MODEL, Plan.SINGLE.id(), maxAge.toMillis());
    try (BenchJob job =
            BenchJob.start(stage, stage.options(rule), parallelism(), checkpointInterval, loader);
        FrameLoad load = new FrameLoad(stage, pictures);
        MaskWatch visible = new MaskWatch(stage, IsolationLevel.READ_UNCOMMITTED)) {
      load.send(1);
      visible.awaitCount(1, TIMEOUT, job);
      load.start(rate);
      Thread.sleep(options.seconds() * 3000L);
      int during = visible.count();
      long ended = System.currentTimeMillis();
      load.stop();
      visible.awaitCount(load.sent(), TIMEOUT, job);
      double recovery = System.currentTimeMillis() - ended;
      long skipped = visible.seen().stream().filter(MaskWatch.Seen::skipped).count();
      double[] fresh =
          visible.seen().subList(1, during).stream()
              .filter(it -> !it.skipped())
              .mapToDouble(MaskWatch.Seen::latencyMillis)
              .toArray();
      return new Overload((double) skipped / load.sent(), fresh, recovery);
    }
  }
}

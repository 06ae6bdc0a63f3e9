package io.segue.deploy.bench;

import io.segue.deploy.bench.bare.BenchNetwork;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.serve.ServingModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.kafka.common.IsolationLevel;

/**
 * Replaces the live version by a new one again and again under steady load, and measures what a
 * consumer of the masks notices: nothing lost, repeated, out of order or made by another version
 * than it says, and how much longer frames take in the two seconds that begin with each
 * announcement, than otherwise. The load is a share of the capacity, which is measured again after
 * every ten swaps; with each ten belongs a time without any, at the same load: what a swap leaves
 * behind for longer than two seconds would not be told from the load otherwise.
 */
public final class SwapBench {
  /** The time around a swap: loading, verifying, warming and the switch lie within it. */
  static final Duration WINDOW = Duration.ofSeconds(2);

  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(2);
  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(2);
  private static final int WARM_UP_FRAMES = 100;
  private static final int BURST_FRAMES = 300;
  private static final int PARALLELISM = 2;

  /** Sets of weights that versions take in turn. */
  private static final int WEIGHTS = 2;

  /** The version that the first swap takes live; the job starts with the one before. */
  private static final long FIRST = 2;

  private static final int WARM_UP_LOADS = 50;

  /** Bursts of frames before the first swap, at most; fewer if the compilers settle. */
  private static final int MAX_BURSTS = 20;

  /** Swaps that do not count: so many, if they are allowed, and on while the compilers work. */
  private static final int RUN_IN = 5;

  /** Swaps after which the capacity is measured again: no host is of one speed for minutes. */
  private static final int BLOCK = 10;

  /** The time without swaps, measured in the time that a block of swaps takes. */
  private static final double UNDISTURBED_SHARE = 0.5;

  private final SwapOptions options;
  private final Consumer<String> progress;

  /**
   * @param progress hears what is going on
   */
  public SwapBench(SwapOptions options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /** Runs the measurement. */
  public SwapReport run() throws Exception {
    BenchNetwork network = options.network();
    BenchPictures pictures = BenchPictures.of(network.width(), network.height());
    ModelSpec spec = network.spec(BenchStage.MODEL, pictures.taxonomy());
    progress.accept("training the network a little, with %d sets of weights".formatted(WEIGHTS));
    try (BenchStage stage = BenchStage.set(spec, pictures, WEIGHTS)) {
      int swaps = options.maxRunIn() + options.swaps();
      progress.accept("publishing %d versions".formatted(swaps + 1));
      for (long version = WEIGHTS + 1; version < FIRST + swaps; version++) {
        stage.publish();
      }
      ReferenceMasks reference = ReferenceMasks.of(stage, pictures, WEIGHTS);
      warmJob(stage, pictures, spec);
      warmLoading(stage, pictures);
      stage.renew("swap");
      try (BenchJob job = BenchJob.start(stage, stage.options(), PARALLELISM, CHECKPOINT_INTERVAL);
          FrameLoad load = new FrameLoad(stage, pictures);
          MaskWatch watch = new MaskWatch(stage, IsolationLevel.READ_UNCOMMITTED)) {
        Run run = new Run(stage, job, load, watch);
        run.settle();
        run.swap();
        progress.accept("waiting for the last frames to be committed");
        awaitCommitted(stage, job, load.sent());
        OutcomeAudit audit = OutcomeAudit.of(stage, pictures, reference, load.sent());
        return run.report(audit);
      }
    }
  }

  /** Has the job's code compiled, by as many frames as a network that does nothing lets through. */
  private void warmJob(BenchStage stage, BenchPictures pictures, ModelSpec spec) throws Exception {
    progress.accept("warming the job with a network that does nothing");
    try (FrameLoad load = new FrameLoad(stage, pictures)) {
      load.send(options.warmUpFrames());
      try (MaskWatch watch = new MaskWatch(stage, IsolationLevel.READ_UNCOMMITTED);
          BenchJob job =
              BenchJob.start(
                  stage,
                  stage.options(),
                  PARALLELISM,
                  CHECKPOINT_INTERVAL,
                  NoopModel.loader(spec))) {
        watch.awaitCount(load.sent(), DRAIN_TIMEOUT, job);
      }
    }
  }

  /** Has the code compiled that loads a version: a process that has just begun takes its time. */
  private void warmLoading(BenchStage stage, BenchPictures pictures) throws Exception {
    progress.accept("warming the loading of versions");
    ByteBuffer rgb = pictures.rgbOf(0);
    for (int i = 0; i < WARM_UP_LOADS; i++) {
      try (ServingModel version = stage.load(1 + i % WEIGHTS, rgb)) {
        version.segment(rgb, 1, pictures.height(), pictures.width(), Plan.SINGLE).close();
      }
    }
  }

  static double rate(List<MaskWatch.Seen> seen) {
    long first = seen.get(0).seenMillis();
    long last = seen.get(seen.size() - 1).seenMillis();
    return 1000.0 * (seen.size() - 1) / Math.max(1, last - first);
  }

  private static void awaitCommitted(BenchStage stage, BenchJob job, long sent)
      throws InterruptedException {
    try (MaskWatch committed = new MaskWatch(stage, IsolationLevel.READ_COMMITTED)) {
      committed.awaitCount(sent, DRAIN_TIMEOUT, job);
    }
  }

  /** The swaps of one measurement. */
  private final class Run {
    private final BenchStage stage;
    private final BenchJob job;
    private final FrameLoad load;
    private final MaskWatch watch;
    private final List<Long> announced = new ArrayList<>();
    private final List<SwapReport.Block> blocks = new ArrayList<>();
    private final List<Double> publishToLive = new ArrayList<>();
    private final List<Double> resident = new ArrayList<>();
    private final List<Double> code = new ArrayList<>();
    private long next = FIRST;
    private long objectsSettled;
    private long threadsSettled;
    private long leakedObjects;
    private long leakedThreads;

    Run(BenchStage stage, BenchJob job, FrameLoad load, MaskWatch watch) {
      this.stage = stage;
      this.job = job;
      this.load = load;
      this.watch = watch;
    }

    /** Lets the JVM compile what serves and what swaps; what is seen counts in the audit alone. */
    void settle() throws IOException, InterruptedException {
      load.send(WARM_UP_FRAMES);
      watch.awaitCount(load.sent(), START_TIMEOUT, job);
      double capacity = 0;
      double compiling = 1;
      for (int burst = 1; burst <= MAX_BURSTS && compiling > CompileTime.SETTLED; burst++) {
        progress.accept("running in, burst %d".formatted(burst));
        CompileTime before = CompileTime.now();
        capacity = capacity();
        compiling = before.shareSince();
      }
      load.start(options.load() * capacity);
      for (int swap = 1;
          swap <= options.maxRunIn() && (swap <= RUN_IN || compiling > CompileTime.SETTLED);
          swap++) {
        progress.accept("running in, swap %d".formatted(swap));
        CompileTime before = CompileTime.now();
        once();
        compiling = before.shareSince();
      }
      drain();
      List.of(announced, publishToLive, resident, code).forEach(List::clear);
    }

    /** Frames a second that leave the job while its topic is full. */
    private double capacity() throws InterruptedException {
      int from = watch.count();
      load.send(BURST_FRAMES);
      watch.awaitCount(load.sent(), DRAIN_TIMEOUT, job);
      return rate(watch.seenFrom(from + BURST_FRAMES / 5));
    }

    private void drain() throws InterruptedException {
      load.stop();
      watch.awaitCount(load.sent(), DRAIN_TIMEOUT, job);
    }

    void swap() throws IOException, InterruptedException {
      for (int done = 0; done < options.swaps(); done += BLOCK) {
        block(done + 1, Math.min(done + BLOCK, options.swaps()));
      }
      leakedObjects = quietObjects() - objectsSettled;
      leakedThreads = ProcessFigures.threads().orElse(0) - threadsSettled;
    }

    /**
     * Swaps under a share of the capacity that the machine has now, and a time without: in every
     * other block before the swaps, so that a machine that slows down favours neither.
     */
    private void block(int first, int last) throws IOException, InterruptedException {
      progress.accept("measuring capacity before swap %d".formatted(first));
      double capacity = capacity();
      load.start(options.load() * capacity);
      Thread.sleep(WINDOW.toMillis());
      Duration pause =
          Duration.ofNanos(
              (long) (UNDISTURBED_SHARE * (last - first + 1) * options.interval().toNanos()));
      boolean pauseFirst = blocks.size() % 2 == 0;
      double[] undisturbed = pauseFirst ? undisturbed(pause) : new double[0];
      int from = watch.count();
      for (int swap = first; swap <= last; swap++) {
        progress.accept("swap %d of %d".formatted(swap, options.swaps()));
        once();
        if (swap == SwapReport.settling(options.swaps())) {
          objectsSettled = quietObjects();
          threadsSettled = ProcessFigures.threads().orElse(0);
        }
      }
      List<MaskWatch.Seen> seen = watch.seenFrom(from);
      if (!pauseFirst) {
        undisturbed = undisturbed(pause);
      }
      drain();
      blocks.add(
          new SwapReport.Block(
              capacity, undisturbed, latencies(seen, false), latencies(seen, true)));
    }

    /** Latencies of the frames seen while nothing is announced. */
    private double[] undisturbed(Duration time) throws InterruptedException {
      progress.accept("no swap for %d s".formatted(time.toSeconds()));
      int from = watch.count();
      Thread.sleep(time.toMillis());
      return watch.seenFrom(from).stream().mapToDouble(MaskWatch.Seen::latencyMillis).toArray();
    }

    /** Takes a version live. */
    private void once() throws IOException, InterruptedException {
      long version = next++;
      long began = System.nanoTime();
      int from = watch.count();
      long at = stage.activate(version);
      announced.add(at);
      if (!watch.await(() -> firstOf(version, from).isPresent(), START_TIMEOUT, job)) {
        throw new IllegalStateException(
            "version %d was not live %s after it was announced".formatted(version, START_TIMEOUT));
      }
      publishToLive.add((double) (firstOf(version, from).getAsLong() - at));
      long left = options.interval().toNanos() - (System.nanoTime() - began);
      Thread.sleep(Math.max(0, left / 1_000_000));
      ProcessFigures.residentKib().ifPresent(kib -> resident.add((double) kib));
      code.add((double) ProcessFigures.codeKib());
    }

    private OptionalLong firstOf(long version, int from) {
      return watch.seenFrom(from).stream()
          .filter(it -> it.version() == version)
          .mapToLong(MaskWatch.Seen::seenMillis)
          .findFirst();
    }

    /** The fewest native objects of several looks: those of frames in flight come and go. */
    private static long quietObjects() throws InterruptedException {
      long least = Long.MAX_VALUE;
      for (int look = 0; look < 20; look++) {
        least = Math.min(least, ProcessFigures.nativeObjects());
        Thread.sleep(10);
      }
      return least;
    }

    SwapReport report(OutcomeAudit audit) {
      return new SwapReport(
          options.swaps(),
          options.load(),
          audit,
          blocks,
          doubles(publishToLive),
          doubles(resident),
          doubles(code),
          leakedObjects,
          leakedThreads);
    }

    private double[] latencies(List<MaskWatch.Seen> masks, boolean aroundSwaps) {
      return masks.stream()
          .filter(it -> isAroundSwap(it.seenMillis()) == aroundSwaps)
          .mapToDouble(MaskWatch.Seen::latencyMillis)
          .toArray();
    }

    private boolean isAroundSwap(long millis) {
      return announced.stream().anyMatch(at -> millis >= at && millis < at + WINDOW.toMillis());
    }

    private double[] doubles(List<Double> values) {
      return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }
}

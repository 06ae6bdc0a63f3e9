package io.segue.model.train;

import io.segue.model.data.Batch;
import io.segue.model.data.InputOptions;
import io.segue.model.data.ParserOptions;
import io.segue.model.data.SegmentationInput;
import io.segue.model.serve.ModelDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.tensorflow.exceptions.TFResourceExhaustedException;

/** The loop of one training job: resume, step, rest, report, save. */
final class TrainingRun {
  private static final int PREFETCHED_BATCHES = 2;

  private final TrainingJob job;
  private final TrainingOptions options;
  private final TrainingGraph graph;
  private final TrainingStep updates;
  private final Throttle throttle;
  private final Optional<CheckpointDirectory> checkpoints;
  private long step;
  private double lastLoss = Double.NaN;
  private final Optional<BestSoFar> best;
  private long restedNanos;
  private boolean enough;

  /**
   * @param updates makes the graph's updates
   */
  TrainingRun(TrainingJob job, TrainingGraph graph, TrainingStep updates) {
    this.updates = updates;
    this.job = job;
    this.options = job.options();
    this.graph = graph;
    this.throttle = new Throttle(options.dutyCycle(), job.pace());
    this.checkpoints = job.checkpointDir().map(CheckpointDirectory::new);
    this.best = job.validation().map(it -> new BestSoFar(it, job.spec(), job.checkpointDir()));
  }

  TrainingResult toEnd() throws InterruptedException {
    long start = job.pace().nanoTime();
    step = begin();
    long first = step;
    long waited = 0;
    boolean cancelled = false;
    long loopStart = job.pace().nanoTime();
    if (step < options.steps()) {
      try (SegmentationInput input = new SegmentationInput(job.examples(), inputOptions())) {
        while (step < options.steps() && !cancelled && !enough) {
          advance(input);
          cancelled = !enough && step < options.steps() && job.cancelled().getAsBoolean();
        }
        waited = input.waited().toNanos();
      }
    }
    long worked = Math.max(1, job.pace().nanoTime() - loopStart - restedNanos);
    save();
    return new TrainingResult(
        !cancelled,
        step,
        lastLoss,
        Duration.ofNanos(job.pace().nanoTime() - start),
        (double) waited / worked,
        (step - first) * options.batchSize() * 1e9 / worked,
        best.flatMap(BestSoFar::best));
  }

  /** Writes the complete model, and beside it the best one. */
  void export() {
    ModelDirectory.write(job.outDir(), job.spec(), graph.exportedWeights());
    best.ifPresent(BestSoFar::export);
  }

  /** Gives the weights their first values and returns the number of steps already made. */
  private long begin() {
    graph.initialize();
    if (checkpoints.isPresent()) {
      OptionalLong saved = checkpoints.get().restore(graph);
      if (saved.isPresent()) {
        return saved.getAsLong();
      }
    }
    job.initial()
        .or(() -> job.parent().map(dir -> ModelDirectory.readWeights(dir, job.spec())))
        .ifPresent(graph::load);
    return 0;
  }

  private InputOptions inputOptions() {
    ParserOptions parser =
        options
            .augmentation()
            .parser(graph.input(), job.spec().taxonomy().ignoreValue(), options.onMattingMaps());
    return new InputOptions(
        parser,
        options.augmentation().photometric(),
        job.spec().taxonomy().size(),
        options.batchSize(),
        options.inputThreads(),
        PREFETCHED_BATCHES,
        options.seed(),
        step * options.batchSize());
  }

  private void advance(SegmentationInput input) throws InterruptedException {
    long begun = job.pace().nanoTime();
    double rate = options.schedule().at(step);
    try (Batch batch = next(input)) {
      lastLoss = update(batch, rate);
      if (!Double.isFinite(lastLoss)) {
        throw new TrainingFailedException(
            step,
            batch.sources(),
            "the loss is %s; lower the learning rate (%s) or look at these examples"
                .formatted(lastLoss, rate));
      }
    }
    step++;
    job.listener().onStep(step, options.steps(), lastLoss, rate);
    if (step % options.checkpointEvery() == 0 && step < options.steps()) {
      save();
    }
    restedNanos += throttle.rest(job.pace().nanoTime() - begun);
    validate();
  }

  private void validate() throws InterruptedException {
    if (best.isEmpty() || !best.get().isDue(step, options.steps())) {
      return;
    }
    long begun = job.pace().nanoTime();
    job.listener().onValidation(step, best.get().score(step, graph.exportedWeights()));
    enough = best.get().patienceIsOver();
    restedNanos += job.pace().nanoTime() - begun;
  }

  private Batch next(SegmentationInput input) throws InterruptedException {
    try {
      return input.next();
    } catch (RuntimeException e) {
      throw new TrainingFailedException(step, List.of(), String.valueOf(e.getMessage()), e);
    }
  }

  private double update(Batch batch, double rate) {
    double decay = options.average().map(average -> average.decayAt(step + 1)).orElse(0.0);
    try {
      return updates.update(batch.images(), batch.labels(), rate, step + 1, decay);
    } catch (TFResourceExhaustedException | OutOfMemoryError e) {
      throw new TrainingFailedException(step, batch.sources(), tooLarge(), e);
    } catch (RuntimeException e) {
      throw new TrainingFailedException(step, batch.sources(), String.valueOf(e.getMessage()), e);
    }
  }

  private String tooLarge() {
    long free = MemoryEstimate.freeBytes();
    long fits = graph.memory().batchThatFits(free);
    return "a batch of %d images of %s does not fit into memory; by estimate %s fit into the %d MiB that are free; lower the batch size or the crop"
        .formatted(
            options.batchSize(),
            graph.input(),
            fits == 0 ? "not even one" : "up to " + Math.min(fits, options.batchSize() - 1),
            free >> 20);
  }

  /** Saves the run, if it is to be saved; refuses weights that are not finite. */
  private void save() {
    graph.weights().tensors().forEach((key, tensor) -> requireFinite(key, tensor.values()));
    checkpoints.ifPresent(directory -> directory.save(step, graph::save));
  }

  private void requireFinite(String key, float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new TrainingFailedException(
            step, List.of(), "%s holds a %s; lower the learning rate".formatted(key, value));
      }
    }
  }
}

package io.segue.model.train;

import io.segue.model.data.Augmentation;
import io.segue.model.data.Size;
import io.segue.model.loss.Loss;
import io.segue.model.loss.SegmentationLoss;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a network is trained.
 *
 * @param steps updates, 0 or more
 * @param batchSize examples an update
 * @param crop size of what the network sees; empty: the spec's input size
 * @param augmentation how images are changed
 * @param optimizer the update rule
 * @param schedule the learning rate
 * @param average moving averages of the weights; the exported model then has the averages
 * @param loss what is minimised; empty: softmax cross-entropy without the taxonomy's ignore value
 * @param lossWeight factor on the whole loss, weight decay included
 * @param maskScoringWeight factor on the mask-scoring loss of a network with a scoring head
 * @param l2WeightDecay each regularised kernel adds {@code l2WeightDecay / 2 * Σw²} to the loss
 * @param bnMomentum share of the old value in batch norm's moving statistics; empty: the spec's
 * @param seed of initial weights, order and augmentation
 * @param dutyCycle share of the time, above 0 to 1, in which training computes; it rests between
 *     steps
 * @param inputThreads threads that decode and augment
 * @param checkpointEvery steps between checkpoints, where a job keeps any
 * @param bfloat16 whether multiplications are in bfloat16, on a processor that has it
 */
public record TrainingOptions(
    long steps,
    int batchSize,
    Optional<Size> crop,
    Augmentation augmentation,
    Optimizer optimizer,
    Schedule schedule,
    Optional<MovingAverage> average,
    Optional<Loss> loss,
    double lossWeight,
    double maskScoringWeight,
    double l2WeightDecay,
    OptionalDouble bnMomentum,
    long seed,
    double dutyCycle,
    int inputThreads,
    int checkpointEvery,
    boolean bfloat16) {

  /** Checks the ranges. */
  public TrainingOptions {
    require(steps >= 0, "steps", steps, "0 or more");
    require(batchSize >= 1, "batchSize", batchSize, "1 or more");
    require(lossWeight > 0, "lossWeight", lossWeight, "above 0");
    require(maskScoringWeight >= 0, "maskScoringWeight", maskScoringWeight, "0 or more");
    require(l2WeightDecay >= 0, "l2WeightDecay", l2WeightDecay, "0 or more");
    require(dutyCycle > 0 && dutyCycle <= 1, "dutyCycle", dutyCycle, "above 0, up to 1");
    require(inputThreads >= 1, "inputThreads", inputThreads, "1 or more");
    require(checkpointEvery >= 1, "checkpointEvery", checkpointEvery, "1 or more");
    double momentum = bnMomentum.orElse(0);
    require(momentum >= 0 && momentum < 1, "bnMomentum", momentum, "0 or more, below 1");
  }

  private static void require(boolean holds, String name, Number value, String limit) {
    if (!holds) {
      throw new IllegalArgumentException("%s is %s; it must be %s".formatted(name, value, limit));
    }
  }

  /** Whether labels are matting maps instead of class indices. */
  boolean onMattingMaps() {
    return loss.filter(it -> it instanceof SegmentationLoss own && own.gtIsMattingMap())
        .isPresent();
  }

  /**
   * SGD with momentum 0.9 and a polynomial decay of rate 0.05 to 0 after a tenth of the steps of
   * warm-up, mirrored images, no scale jitter: the reference's rule, for long runs. A short run
   * from scratch learns several times faster with {@link Adam#DEFAULT} at a rate near 0.01.
   */
  public static Builder builder(long steps, int batchSize) {
    return new Builder(steps, batchSize);
  }

  /** Collects options; {@link #build} checks them. */
  public static final class Builder {
    private final long steps;
    private final int batchSize;
    private Optional<Size> crop = Optional.empty();
    private Augmentation augmentation = Augmentation.DEFAULT;
    private Optimizer optimizer = Sgd.withMomentum(0.9);
    private Optional<Schedule> schedule = Optional.empty();
    private Optional<MovingAverage> average = Optional.empty();
    private Optional<Loss> loss = Optional.empty();
    private double lossWeight = 1;
    private double maskScoringWeight = 1;
    private double l2WeightDecay;
    private OptionalDouble bnMomentum = OptionalDouble.empty();
    private long seed = 1;
    private double dutyCycle = 1;
    private int inputThreads = 2;
    private int checkpointEvery = 500;
    private boolean bfloat16;

    private Builder(long steps, int batchSize) {
      this.steps = steps;
      this.batchSize = batchSize;
    }

    /** What the network sees of each image; default: all of it, at the spec's input size. */
    public Builder crop(int height, int width) {
      crop = Optional.of(new Size(height, width));
      return this;
    }

    /** Whether half of the images are mirrored; default: yes. */
    public Builder flip(boolean mirrored) {
      return augmentation(augmentation.flipped(mirrored));
    }

    /** Range of the random scale; default: 1. */
    public Builder scale(double min, double max) {
      return augmentation(augmentation.scaled(min, max));
    }

    /** All of how images are changed; default: {@link Augmentation#DEFAULT}. */
    public Builder augmentation(Augmentation changes) {
      augmentation = changes;
      return this;
    }

    /** The update rule. */
    public Builder optimizer(Optimizer rule) {
      optimizer = rule;
      return this;
    }

    /** The learning rate. */
    public Builder schedule(Schedule rates) {
      schedule = Optional.of(rates);
      return this;
    }

    /** Polynomial decay of {@code rate} to 0 over all steps, with linear warm-up. */
    public Builder learningRate(double rate, int warmupSteps) {
      return schedule(decay(rate, warmupSteps));
    }

    /** Keeps moving averages of the weights and exports those. */
    public Builder average(MovingAverage averages) {
      average = Optional.of(averages);
      return this;
    }

    /** What is minimised. */
    public Builder loss(Loss minimised) {
      loss = Optional.of(minimised);
      return this;
    }

    /** Factor on the whole loss; default: 1. */
    public Builder lossWeight(double factor) {
      lossWeight = factor;
      return this;
    }

    /** Factor on the loss of a mask-scoring head, if the network has one; default: 1. */
    public Builder maskScoringWeight(double factor) {
      maskScoringWeight = factor;
      return this;
    }

    /** Weight decay through the loss; default: none. */
    public Builder l2WeightDecay(double decay) {
      l2WeightDecay = decay;
      return this;
    }

    /** Momentum of batch norm's moving statistics; default: the spec's. */
    public Builder bnMomentum(double momentum) {
      bnMomentum = OptionalDouble.of(momentum);
      return this;
    }

    /** Seed of all that is random; default: 1. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** Share of the time in which training computes; default: 1. */
    public Builder dutyCycle(double share) {
      dutyCycle = share;
      return this;
    }

    /** Threads that decode and augment; default: 2. */
    public Builder inputThreads(int threads) {
      inputThreads = threads;
      return this;
    }

    /** Steps between checkpoints; default: 500. */
    public Builder checkpointEvery(int interval) {
      checkpointEvery = interval;
      return this;
    }

    /** Whether multiplications are in bfloat16 where the processor has it; default: no. */
    public Builder bfloat16(boolean mixed) {
      bfloat16 = mixed;
      return this;
    }

    private Schedule decay(double rate, int warmupSteps) {
      int length = Math.toIntExact(Math.max(1, steps));
      Schedule fall = Schedule.Polynomial.toZero(rate, length);
      return warmupSteps == 0 ? fall : new Schedule.LinearWarmup(fall, 0, warmupSteps);
    }

    /** The options, checked. */
    public TrainingOptions build() {
      return new TrainingOptions(
          steps,
          batchSize,
          crop,
          augmentation,
          optimizer,
          schedule.orElseGet(() -> decay(0.05, Math.toIntExact(steps / 10))),
          average,
          loss,
          lossWeight,
          maskScoringWeight,
          l2WeightDecay,
          bnMomentum,
          seed,
          dutyCycle,
          inputThreads,
          checkpointEvery,
          bfloat16);
    }
  }
}

package io.segue.model.train;

import java.util.List;

/**
 * Learning rate by step, with the formulas of {@code official/modeling/optimization}. The first
 * update is step 0. Sealed: the closed set that a configuration can name.
 */
public sealed interface Schedule {

  /** The rate for update number {@code step}, counted from 0. */
  double at(long step);

  /** The same rate for ever. */
  record Constant(double learningRate) implements Schedule {
    @Override
    public double at(long step) {
      return learningRate;
    }
  }

  /**
   * {@code (initial - end) (1 - step / decaySteps)^power + end}.
   *
   * @param cycle true: start over, with a longer decay each time, instead of staying at the end
   * @param offset steps by which the schedule starts later
   */
  record Polynomial(
      double initialLearningRate,
      int decaySteps,
      double endLearningRate,
      double power,
      boolean cycle,
      int offset)
      implements Schedule {

    /** Falls from {@code initial} to 0 with power 0.9, as the segmentation experiments do. */
    public static Polynomial toZero(double initial, int decaySteps) {
      return new Polynomial(initial, decaySteps, 0, 0.9, false, 0);
    }

    @Override
    public double at(long step) {
      double d = step - offset;
      double length = decaySteps;
      if (cycle) {
        length *= Math.max(1, Math.ceil(d / decaySteps));
      } else {
        d = Math.min(d, length);
      }
      return (initialLearningRate - endLearningRate) * Math.pow(1 - d / length, power)
          + endLearningRate;
    }
  }

  /** Half a cosine from the initial rate to {@code alpha} of it. */
  record Cosine(double initialLearningRate, int decaySteps, double alpha, int offset)
      implements Schedule {
    @Override
    public double at(long step) {
      double share = Math.min(step - offset, decaySteps) / (double) decaySteps;
      return initialLearningRate * ((1 - alpha) * 0.5 * (1 + Math.cos(Math.PI * share)) + alpha);
    }
  }

  /** {@code initial * rate^(step / decaySteps)}, the exponent floored if {@code staircase}. */
  record Exponential(
      double initialLearningRate, int decaySteps, double decayRate, boolean staircase, int offset)
      implements Schedule {
    @Override
    public double at(long step) {
      double exponent = (step - offset) / (double) decaySteps;
      return initialLearningRate * Math.pow(decayRate, staircase ? Math.floor(exponent) : exponent);
    }
  }

  /** {@code values[i]} up to and including step {@code boundaries[i]}, then the last value. */
  record Stepwise(List<Long> boundaries, List<Double> values, int offset) implements Schedule {
    /** Checks that there is one value more than boundaries. */
    public Stepwise {
      boundaries = List.copyOf(boundaries);
      values = List.copyOf(values);
      if (values.size() != boundaries.size() + 1) {
        throw new IllegalArgumentException(
            "stepwise: %d values for %d boundaries; give one value more than boundaries"
                .formatted(values.size(), boundaries.size()));
      }
    }

    @Override
    public double at(long step) {
      int i = 0;
      while (i < boundaries.size() && step - offset > boundaries.get(i)) {
        i++;
      }
      return values.get(i);
    }
  }

  /**
   * Rises linearly from {@code warmupLearningRate} to what {@code after} has at {@code
   * warmupSteps}; from there {@code after} goes on unshifted.
   */
  record LinearWarmup(Schedule after, double warmupLearningRate, int warmupSteps)
      implements Schedule {
    @Override
    public double at(long step) {
      return step < warmupSteps
          ? warmupLearningRate
              + (double) step / warmupSteps * (after.at(warmupSteps) - warmupLearningRate)
          : after.at(step);
    }
  }

  /** Rises as {@code after(warmupSteps) * (max(step, 1) / warmupSteps)^power}. */
  record PolynomialWarmup(Schedule after, double power, int warmupSteps) implements Schedule {
    @Override
    public double at(long step) {
      return step < warmupSteps
          ? after.at(warmupSteps) * Math.pow(Math.max(step, 1) / (double) warmupSteps, power)
          : after.at(step);
    }
  }
}

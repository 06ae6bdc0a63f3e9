package io.segue.deploy.cli;

import io.segue.model.config.Averaging;
import io.segue.model.config.Plan;
import java.util.List;
import picocli.CommandLine.Option;

/** How a frame is inferred, on the command line. */
final class PlanOptions {
  @Option(
      names = "--scales",
      split = ",",
      paramLabel = "S",
      description = "Scales whose predictions are averaged, such as 0.5,1,1.5.")
  private List<Double> scales = List.of(1.0);

  @Option(names = "--flip", description = "Average with the mirrored image as well.")
  private boolean flip;

  @Option(
      names = "--average",
      paramLabel = "WHAT",
      defaultValue = "PROBABILITIES",
      description = "What is averaged: probabilities or logits (${DEFAULT-VALUE}).")
  private Averaging averaging;

  Plan plan() {
    return new Plan(scales, flip, averaging);
  }
}

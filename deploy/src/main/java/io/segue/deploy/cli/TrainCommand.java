package io.segue.deploy.cli;

import io.segue.model.config.ConfigReader;
import io.segue.model.config.ConfigTree;
import io.segue.model.experiment.Experiment;
import io.segue.model.experiment.ExperimentConfig;
import io.segue.model.experiment.NamedExperiments;
import io.segue.model.train.Trainer;
import io.segue.model.train.TrainingJob;
import io.segue.model.train.TrainingListener;
import io.segue.model.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "train",
    description = {
      "Trains a model from labelled images and writes a model directory.",
      "The configuration has the keys of the TensorFlow Model Garden's segmentation experiments."
          + " Ctrl-C saves a checkpoint; the same command goes on from there."
    },
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  private static final Duration STOP_TIMEOUT = Duration.ofMinutes(2);
  private static final int STOPPED = 130;
  private static final int STEPS_BETWEEN_LINES = 100;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration, a YAML file; laid over --experiment if both are given.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--experiment",
      paramLabel = "NAME",
      description = "One of the Model Garden's named experiments; 'list' names them.")
  private Optional<String> experiment = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key by its path, such as trainer.train_steps=100.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "What to learn from, in place of task.train_data.input_path: TFRecord files, folders with"
              + " frames/ and labels/, patterns, separated by commas.")
  private Optional<String> data = Optional.empty();

  @Option(
      names = "--validation",
      paramLabel = "PATH",
      description = "What to score on, in place of task.validation_data.input_path.")
  private Optional<String> validation = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the model is written; checkpoints lie in DIR.checkpoints.")
  private Optional<Path> out = Optional.empty();

  @Mixin private Console console;

  @Override
  public Integer call() throws Exception {
    if (experiment.filter("list"::equals).isPresent()) {
      console.result(Map.of("experiments", NamedExperiments.names()));
      return ExitCode.OK;
    }
    Path directory =
        out.orElseThrow(() -> new CommandFailedException("--out is missing; give a folder"));
    ExperimentConfig config = ExperimentConfig.read(tree());
    Experiment run = new Experiment(directory.toAbsolutePath().getFileName().toString(), config);
    Path checkpoints = Path.of(directory + ".checkpoints");
    requireSame(checkpoints, config);
    try (StopSignal stop = new StopSignal(STOP_TIMEOUT);
        ProgressLine line = new ProgressLine(console.progress())) {
      TrainingJob job =
          run.job(directory)
              .checkpointedIn(checkpoints)
              .reportingTo(listener(line))
              .cancelledWhen(stop::requested);
      TrainingResult result = Trainer.train(job);
      line.close();
      console.result(values(result, directory));
      return result.completed() ? ExitCode.OK : STOPPED;
    }
  }

  private ConfigTree tree() throws IOException {
    if (file.isEmpty() && experiment.isEmpty()) {
      throw new CommandFailedException("neither --config nor --experiment is given");
    }
    ConfigTree tree = new ConfigTree();
    if (experiment.isPresent()) {
      tree.over(experiment.get(), NamedExperiments.yaml(experiment.get()));
    }
    if (file.isPresent()) {
      tree.over(file.get().toString(), Files.readString(file.get()));
    }
    data.ifPresent(it -> tree.set("task.train_data.input_path", quoted(it)));
    validation.ifPresent(it -> tree.set("task.validation_data.input_path", quoted(it)));
    overrides.forEach(tree::set);
    return tree;
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** A checkpoint belongs to one configuration: going on with another one would be neither. */
  private static void requireSame(Path checkpoints, ExperimentConfig config) throws IOException {
    Path written = checkpoints.resolve("config.json");
    String now = ConfigReader.write(config);
    if (Files.exists(written) && !Files.readString(written).equals(now)) {
      throw new CommandFailedException(
          "'%s' holds checkpoints of another configuration (%s); delete it or give another --out"
              .formatted(checkpoints, written));
    }
    Files.createDirectories(checkpoints);
    Files.writeString(written, now);
  }

  private static TrainingListener listener(ProgressLine line) {
    return new TrainingListener() {
      @Override
      public void onStep(long step, long steps, double loss, double learningRate) {
        String what =
            String.format(
                Locale.ROOT,
                "step %d of %d, loss %.4f, rate %.4g",
                step,
                steps,
                loss,
                learningRate);
        if (step % STEPS_BETWEEN_LINES == 0 || step == steps) {
          line.say(what);
        } else {
          line.show(step, steps, what);
        }
      }

      @Override
      public void onValidation(long step, double score) {
        line.say(String.format(Locale.ROOT, "validation after step %d: %.4f", step, score));
      }
    };
  }

  private static Map<String, Object> values(TrainingResult result, Path directory) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("completed", result.completed());
    values.put("steps", result.steps());
    if (Double.isFinite(result.lastLoss())) {
      values.put("lastLoss", result.lastLoss());
    }
    result
        .best()
        .ifPresent(
            best -> {
              values.put("bestScore", best.score());
              values.put("bestStep", best.step());
            });
    values.put("seconds", result.wall().toMillis() / 1000.0);
    values.put("imagesPerSecond", result.imagesPerSecond());
    values.put("trainerStarvedShare", result.starvedShare());
    values.put("model", directory.toString());
    return values;
  }
}

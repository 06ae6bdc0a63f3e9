package io.segue.model.experiment;

import io.segue.model.checkpoint.CheckpointFile;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ConfigException;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.data.Augmentation;
import io.segue.model.data.ParserOptions;
import io.segue.model.data.Size;
import io.segue.model.evaluate.ValidationScorer;
import io.segue.model.metric.ConfusionMatrix;
import io.segue.model.network.SegmentationModel;
import io.segue.model.train.OptimizerConfig;
import io.segue.model.train.TrainingJob;
import io.segue.model.train.TrainingOptions;
import io.segue.model.train.Validation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/** What a configuration becomes: a job for the {@link io.segue.model.train.Trainer}. */
public final class Experiment {
  private static final String TRAIN = "task.train_data.";
  private static final String VALIDATION = "task.validation_data.";
  private static final List<String> MODULES = List.of("backbone", "decoder");

  private final ExperimentConfig config;
  private final ModelSpec spec;

  /**
   * Checks the configuration against itself.
   *
   * @param name the model's name
   * @throws ConfigException naming what is missing or does not fit
   */
  public Experiment(String name, ExperimentConfig config) {
    this.config = config;
    TaskConfig task = config.task();
    Size served = servedSize(task);
    this.spec = new ModelSpec(name, task.model(), served.height(), served.width(), taxonomy(task));
    if (task.losses().ignoreLabel() != spec.taxonomy().ignoreValue()) {
      throw new ConfigException(
          "task.losses.ignore_label is %d, task.taxonomy.ignore_value %d; make them equal"
              .formatted(task.losses().ignoreLabel(), spec.taxonomy().ignoreValue()));
    }
  }

  private static Size servedSize(TaskConfig task) {
    return task.validationData()
        .output(VALIDATION)
        .or(() -> task.trainData().output(TRAIN))
        .or(() -> task.trainData().crop(TRAIN))
        .orElseThrow(
            () -> new ConfigException(TRAIN + "output_size: missing; give [height, width]"));
  }

  private static Taxonomy taxonomy(TaskConfig task) {
    int classes = task.model().numClasses();
    if (classes < 1) {
      throw new ConfigException("task.model.num_classes: missing; give the number of classes");
    }
    return task.taxonomy().orElseGet(() -> numbered(classes, task.losses().ignoreLabel()));
  }

  private static Taxonomy numbered(int classes, int ignore) {
    List<TaxonomyClass> all = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      all.add(new TaxonomyClass("class-" + i, vocColour(i)));
    }
    return new Taxonomy("numbered-" + classes, 1, all, ignore);
  }

  /** The colour that PASCAL VOC gives class {@code index}: its bits, spread over the channels. */
  private static int vocColour(int index) {
    int rgb = 0;
    int rest = index;
    for (int bit = 7; bit >= 0 && rest > 0; bit--, rest >>= 3) {
      rgb |= (rest & 1) << (16 + bit) | (rest >> 1 & 1) << (8 + bit) | (rest >> 2 & 1) << bit;
    }
    return rgb;
  }

  /** The network, with its input size and classes. */
  public ModelSpec spec() {
    return spec;
  }

  /** The training run. */
  public TrainingJob job(Path outDir) {
    TrainingJob job =
        TrainingJob.of(spec, Sources.of(config.task().trainData(), TRAIN), options(), outDir);
    if (config.task().initCheckpoint().isPresent()) {
      job = job.startingWith(initial(config.task().initCheckpoint().get()));
    }
    return config.task().validationData().inputPath().isEmpty()
        ? job
        : job.validatedBy(validation(outDir));
  }

  private TrainingOptions options() {
    DataConfig data = config.task().trainData();
    LossesConfig losses = config.task().losses();
    TrainerConfig trainer = config.trainer();
    OptimizerConfig optimizer = trainer.optimizer();
    if (data.globalBatchSize() < 1 || trainer.trainSteps() < 1) {
      throw new ConfigException(
          "task.train_data.global_batch_size is %d, trainer.train_steps %d; give both, 1 or more"
              .formatted(data.globalBatchSize(), trainer.trainSteps()));
    }
    Size seen = data.crop(TRAIN).or(() -> data.output(TRAIN)).orElseGet(this::inputSize);
    TrainingOptions.Builder builder =
        TrainingOptions.builder(trainer.trainSteps(), data.globalBatchSize())
            .crop(seen.height(), seen.width())
            .augmentation(augmentation(data))
            .optimizer(optimizer.optimizer())
            .schedule(optimizer.schedule())
            .loss(losses.loss(spec.taxonomy().size()))
            .lossWeight(losses.lossWeight())
            .maskScoringWeight(losses.maskScoringWeight())
            .l2WeightDecay(losses.l2WeightDecay())
            .seed(trainer.seed())
            .dutyCycle(trainer.dutyCycle())
            .bfloat16(config.runtime().bfloat16())
            .inputThreads(data.threads())
            .checkpointEvery(trainer.checkpointInterval());
    optimizer.average().ifPresent(builder::average);
    return builder.build();
  }

  private Size inputSize() {
    return new Size(spec.inputHeight(), spec.inputWidth());
  }

  private static Augmentation augmentation(DataConfig data) {
    Optional<Size> resized = data.crop(TRAIN).flatMap(crop -> data.output(TRAIN));
    return new Augmentation(
        resized,
        data.augRandHflip(),
        data.augScaleMin(),
        data.augScaleMax(),
        data.aspectRatio(),
        data.centeredCrop(),
        data.photometric());
  }

  private Validation validation(Path outDir) {
    TrainerConfig trainer = config.trainer();
    String metric =
        trainer.bestCheckpointEvalMetric().isBlank()
            ? "mean_iou"
            : trainer.bestCheckpointEvalMetric();
    figure(metric, new ConfusionMatrix(1));
    ValidationScorer scorer = scorer();
    return new Validation(
        trainer.validationInterval(),
        (spec, weights) -> figure(metric, scorer.score(spec, weights)),
        trainer.higherIsBetter(),
        trainer.bestCheckpointExportSubdir().isBlank()
            ? Optional.empty()
            : Optional.of(outDir.resolve(trainer.bestCheckpointExportSubdir())),
        trainer.earlyStopPatience());
  }

  /** Scores weights on the validation data. */
  public ValidationScorer scorer() {
    DataConfig data = config.task().validationData();
    ParserOptions parser =
        new ParserOptions(
            data.output(VALIDATION).orElseGet(this::inputSize),
            Optional.empty(),
            data.resizeEvalGroundtruth(),
            config.task().losses().gtIsMattingMap(),
            data.canvas(VALIDATION),
            spec.taxonomy().ignoreValue(),
            false,
            data.aspectRatio(),
            1,
            1,
            data.centeredCrop());
    long batches = config.trainer().validationSteps();
    int batch = Math.max(1, data.globalBatchSize());
    return new ValidationScorer(
        Sources.of(data, VALIDATION),
        parser,
        batches < 0 ? Long.MAX_VALUE : batches * batch,
        data.dropRemainder() ? batch : 1);
  }

  private static double figure(String metric, ConfusionMatrix counts) {
    return switch (metric) {
      case "mean_iou" -> counts.meanIouAllClasses();
      case "mean_iou_present" -> counts.meanIou();
      case "pixel_accuracy" -> counts.pixelAccuracy();
      default ->
          throw new ConfigException(
              "trainer.best_checkpoint_eval_metric: '%s' is not one of mean_iou, mean_iou_present, pixel_accuracy"
                  .formatted(metric));
    };
  }

  private Weights initial(String checkpoint) {
    Path path = Path.of(checkpoint);
    Path prefix = Files.isDirectory(path) ? path.resolve("variables/variables") : path;
    return CheckpointFile.open(prefix).read(wanted());
  }

  private Map<String, Shape> wanted() {
    List<String> modules = config.task().initCheckpointModules().names();
    SegmentationModelConfig network = spec.network();
    Map<String, Shape> all =
        SegmentationModel.of(network).weights(spec.inputHeight(), spec.inputWidth());
    if (modules.equals(List.of("all"))) {
      return all;
    }
    if (modules.isEmpty() || !MODULES.containsAll(modules)) {
      throw new ConfigException(
          "task.init_checkpoint_modules: %s; write 'all' or some of %s"
              .formatted(modules, MODULES));
    }
    Map<String, Shape> some = new LinkedHashMap<>();
    all.forEach(
        (key, shape) -> {
          if (modules.stream().anyMatch(module -> key.startsWith(module + "/"))) {
            some.put(key, shape);
          }
        });
    return some;
  }
}

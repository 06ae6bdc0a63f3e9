package io.segue.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.segue.model.config.ConfigReader;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.data.ExampleSource;
import io.segue.model.data.InvalidExampleException;
import io.segue.model.data.SegmentationExample;
import io.segue.model.serve.Evaluator;
import io.segue.model.serve.ModelDirectory;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.ServingModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.proto.ConfigProto;

class TrainerITCase {
  private static final List<SegmentationExample> EXAMPLES = Shapes.examples(16, 1);

  @TempDir Path directory;

  @Test
  void learnsShapesAndGoesOnFromItsParent() throws Exception {
    List<SegmentationExample> unseen = Shapes.examples(16, 2);
    Path untrained = directory.resolve("untrained");
    Path first = directory.resolve("first");
    Path second = directory.resolve("second");
    TrainingOptions steps =
        TrainingOptions.builder(120, 8)
            .optimizer(Adam.DEFAULT)
            .learningRate(0.01, 5)
            // The spec's 0.99 would take hundreds of steps to forget the initial statistics.
            .bnMomentum(0.9)
            .build();

    Trainer.train(
        TrainingJob.of(
            Shapes.spec(),
            ExampleSource.of(EXAMPLES),
            TrainingOptions.builder(0, 1).build(),
            untrained));
    Trainer.train(
        TrainingJob.of(Shapes.spec(), ExampleSource.of(Shapes.examples(48, 3)), steps, first));
    Trainer.train(
        TrainingJob.of(
                Shapes.spec(),
                ExampleSource.of(EXAMPLES),
                TrainingOptions.builder(1, 8).schedule(new Schedule.Constant(0)).build(),
                second)
            .from(first));

    assertThat(meanIou(untrained, unseen)).isLessThan(0.5);
    assertThat(meanIou(first, unseen)).isGreaterThan(0.7);
    assertThat(meanIou(second, unseen)).isGreaterThan(0.7);
  }

  /**
   * On a processor without bfloat16 both runs are float32: the setting is accepted all the same.
   */
  @Test
  void mixedPrecisionReachesTheQualityOfFloat32() throws Exception {
    List<SegmentationExample> unseen = Shapes.examples(16, 2);
    Map<Boolean, Double> scores = new HashMap<>();
    for (boolean mixed : List.of(false, true)) {
      Path model = directory.resolve("mixed-" + mixed);
      TrainingOptions steps =
          TrainingOptions.builder(120, 8)
              .optimizer(Adam.DEFAULT)
              .learningRate(0.01, 5)
              .bnMomentum(0.9)
              .bfloat16(mixed)
              .build();
      Trainer.train(
          TrainingJob.of(Shapes.spec(), ExampleSource.of(Shapes.examples(48, 3)), steps, model));
      scores.put(mixed, meanIou(model, unseen));
    }
    assertThat(scores.get(false)).isGreaterThan(0.7);
    // Products of 8 bits move each step a little; on unseen shapes that is worth a few hundredths.
    assertThat(scores.get(true)).isCloseTo(scores.get(false), within(0.1));
  }

  private static double meanIou(Path model, List<SegmentationExample> examples) {
    try (ServingModel serving = ServingModels.load(model)) {
      return Evaluator.evaluate(serving, examples, Plan.SINGLE).meanIou();
    }
  }

  @Test
  void aResumedRunEqualsAnUndisturbedOne() throws InterruptedException {
    TrainingOptions options = TrainingOptions.builder(6, 4).checkpointEvery(2).build();
    List<Double> undisturbed = losses(job(options));
    TrainingJob interrupted = job(options).checkpointedIn(directory.resolve("checkpoints"));
    List<Double> resumed = new ArrayList<>();

    TrainingResult first =
        Trainer.train(
            interrupted
                .reportingTo((step, steps, loss, rate) -> resumed.add(loss))
                .cancelledWhen(() -> resumed.size() == 3));
    TrainingResult second =
        Trainer.train(interrupted.reportingTo((step, steps, loss, rate) -> resumed.add(loss)));

    assertThat(first.completed()).isFalse();
    assertThat(first.steps()).isEqualTo(3);
    assertThat(second.completed()).isTrue();
    assertThat(resumed).hasSize(6);
    for (int i = 0; i < 6; i++) {
      // Threads of one session may add in another order; the batches are the same.
      assertThat(resumed.get(i)).isCloseTo(undisturbed.get(i), within(1e-4));
    }
  }

  @Test
  void stopsWithStepAndSourcesWhenTheLossIsNoLongerFinite() {
    TrainingOptions options =
        TrainingOptions.builder(20, 4).schedule(new Schedule.Constant(1e30)).build();

    assertThatThrownBy(
            () -> Trainer.train(job(options).checkpointedIn(directory.resolve("checkpoints"))))
        .isInstanceOfSatisfying(
            TrainingFailedException.class,
            e -> {
              assertThat(e.step()).isPositive();
              assertThat(e.sources()).hasSize(4).allMatch(source -> source.startsWith("shape-1-"));
            })
        .hasMessageContaining("lower the learning rate");
    assertThat(directory.resolve("model")).doesNotExist();
  }

  @Test
  void keepsTheLastGoodCheckpointWhenItFails() throws Exception {
    TrainingOptions good = TrainingOptions.builder(2, 4).checkpointEvery(1).build();
    Path checkpoints = directory.resolve("checkpoints");
    Trainer.train(job(good).checkpointedIn(checkpoints));
    TrainingOptions bad =
        TrainingOptions.builder(20, 4)
            .checkpointEvery(1)
            .schedule(new Schedule.Constant(1e38))
            .build();

    assertThatThrownBy(() -> Trainer.train(job(bad).checkpointedIn(checkpoints)))
        .isInstanceOf(TrainingFailedException.class);
    String latest = Files.readString(checkpoints.resolve("latest"));
    assertThat(checkpoints.resolve("step-" + latest + ".index")).exists();
    TrainingOptions same = TrainingOptions.builder(Long.parseLong(latest), 4).build();
    assertThat(Trainer.train(job(same).checkpointedIn(checkpoints)).completed()).isTrue();
  }

  @Test
  void namesTheExampleThatCannotBeLearnedFrom() {
    SegmentationExample good = EXAMPLES.get(0);
    SegmentationExample bad =
        new SegmentationExample("broken", new byte[] {1, 2}, good.label(), 64, 96);
    TrainingJob job =
        TrainingJob.of(
            Shapes.spec(),
            ExampleSource.of(List.of(bad)),
            TrainingOptions.builder(1, 1).build(),
            directory.resolve("model"));

    assertThatThrownBy(() -> Trainer.train(job))
        .isInstanceOf(TrainingFailedException.class)
        .hasCauseInstanceOf(InvalidExampleException.class)
        .hasMessageContaining("'broken'")
        .hasMessageContaining("not a readable JPEG or PNG");
  }

  @Test
  void restsForItsShareOfTheTime() throws InterruptedException {
    List<Duration> rests = new ArrayList<>();
    Pace pace =
        new Pace() {
          private long now;

          @Override
          public long nanoTime() {
            return now += 1_000_000;
          }

          @Override
          public void sleep(Duration duration) {
            rests.add(duration);
          }
        };

    Trainer.train(job(TrainingOptions.builder(3, 2).dutyCycle(0.25).build()).pacedBy(pace));

    // Each step takes one tick of this clock, so it rests for three.
    assertThat(rests).containsOnly(Duration.ofMillis(3)).hasSize(3);
  }

  private TrainingJob job(TrainingOptions options) {
    return TrainingJob.of(
        Shapes.spec(), ExampleSource.of(EXAMPLES), options, directory.resolve("model"));
  }

  private static List<Double> losses(TrainingJob job) throws InterruptedException {
    List<Double> losses = new ArrayList<>();
    Trainer.train(job.reportingTo((step, steps, loss, rate) -> losses.add(loss)));
    return losses;
  }

  @Test
  void stopsWhenTheScoreNoLongerGainsAndKeepsTheBestWeights() throws Exception {
    List<Double> scripted = List.of(0.3, 0.5, 0.4, 0.5, 0.9);
    List<Double> heard = new ArrayList<>();
    Path best = directory.resolve("model/best_ckpt");
    Validation validation =
        new Validation(
            1, (spec, weights) -> scripted.get(heard.size()), true, Optional.of(best), 2);

    TrainingResult result =
        Trainer.train(
            job(TrainingOptions.builder(5, 2).build())
                .validatedBy(validation)
                .reportingTo(hearing(heard)));

    assertThat(heard).containsExactly(0.3, 0.5, 0.4, 0.5);
    assertThat(result.completed()).isTrue();
    assertThat(result.steps()).isEqualTo(4);
    assertThat(result.best()).hasValue(new TrainingResult.Best(2, 0.5));
    assertThat(ModelDirectory.readWeights(best, Shapes.spec()).tensors()).isNotEmpty();
  }

  @Test
  void aResumedRunRemembersItsScores() throws Exception {
    List<Double> heard = new ArrayList<>();
    Validation validation =
        new Validation(1, (spec, weights) -> 1.0 / (1 + heard.size()), true, Optional.empty(), 0);
    TrainingJob job =
        job(TrainingOptions.builder(3, 2).checkpointEvery(1).build())
            .validatedBy(validation)
            .checkpointedIn(directory.resolve("checkpoints"))
            .reportingTo(hearing(heard));

    Trainer.train(job.cancelledWhen(() -> heard.size() == 2));
    TrainingResult resumed = Trainer.train(job);

    assertThat(heard).containsExactly(1.0, 0.5, 1.0 / 3);
    assertThat(resumed.best()).hasValue(new TrainingResult.Best(1, 1.0));
  }

  private static TrainingListener hearing(List<Double> scores) {
    return new TrainingListener() {
      @Override
      public void onStep(long step, long steps, double loss, double learningRate) {}

      @Override
      public void onValidation(long step, double score) {
        scores.add(score);
      }
    };
  }

  @Test
  void saysWhichBatchSizeWouldFitWhenMemoryRunsOut() {
    TrainingStep exhausted =
        (images, labels, rate, number, decay) -> {
          throw new TFResourceExhaustedException("OOM when allocating tensor");
        };

    assertThatThrownBy(
            () ->
                Trainer.train(
                    job(TrainingOptions.builder(1, 4).build()),
                    ConfigProto.getDefaultInstance(),
                    step -> exhausted))
        .isInstanceOf(TrainingFailedException.class)
        .hasMessageContaining("a batch of 4 images of 64×96 does not fit into memory")
        .hasMessageContaining("by estimate")
        .hasMessageContaining("MiB that are free");
  }

  @Test
  void measuresWhatAnUpdateTakes() {
    ModelSpec small = Shapes.spec();
    // Large enough for the images, not the weights, to decide.
    int height = 4 * Shapes.HEIGHT;
    int width = 4 * Shapes.WIDTH;
    ModelSpec spec = new ModelSpec(small.name(), small.network(), height, width, small.taxonomy());
    try (TrainingGraph graph =
        TrainingGraph.of(
            spec, TrainingOptions.builder(1, 1).build(), ConfigProto.getDefaultInstance())) {
      graph.initialize();
      // At the least the logits at the labels' size and their gradient; at the most a thousand
      // times the image.
      long image = 4L * height * width * 3;
      assertThat(graph.memory().perImage()).isBetween(2 * image, 1000 * image);
    }
  }

  @Test
  void trainsTheMaskScoringHead() throws InterruptedException {
    ModelSpec plain = Shapes.spec();
    SegmentationModelConfig scored =
        ConfigReader.read(
            "mask_scoring_head: {num_convs: 1, num_filters: 4, fc_input_size: [4, 4], num_fcs: 1, fc_dims: 8}",
            plain.network());
    ModelSpec spec = new ModelSpec("scored", scored, Shapes.HEIGHT, Shapes.WIDTH, plain.taxonomy());
    TrainingOptions.Builder options = TrainingOptions.builder(1, 4);
    List<Double> losses = new ArrayList<>();
    for (double weight : new double[] {0, 1, 3}) {
      Trainer.train(
          TrainingJob.of(
                  spec,
                  ExampleSource.of(EXAMPLES),
                  options.maskScoringWeight(weight).build(),
                  directory.resolve("scored" + weight))
              .reportingTo((step, steps, loss, rate) -> losses.add(loss)));
    }

    double once = losses.get(1) - losses.get(0);
    assertThat(once).isPositive();
    // The same batch and weights: the loss is linear in the factor, up to float32.
    assertThat(losses.get(2) - losses.get(0)).isCloseTo(3 * once, within(1e-4));
  }
}

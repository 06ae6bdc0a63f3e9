package io.segue.deploy.demo;

import io.segue.deploy.demo.footage.Footage;
import io.segue.deploy.demo.footage.LabelledFolder;
import io.segue.deploy.demo.footage.SyntheticStreets;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.train.TrainingOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A demo's numbers, sized so that two cores serve and train at once.
 *
 * @param footage what the cameras see
 * @param framesPerSecond of each camera
 * @param spec the network
 * @param firstTraining how the first version is trained
 * @param retrainSteps steps of each later training run
 * @param retrainEveryLabels labels between two of them
 * @param retrainRate learning rate of those
 * @param dutyCycle share of the time in which they compute, above 0 to 1
 * @param halfLife time after which a labelled frame is half as likely to be kept as a new one
 * @param labelDelayMillis shortest time from frame to label
 * @param lastWindowMillis length of the window that {@code lastMiou} measures
 */
record DemoSetting(
    Footage footage,
    double framesPerSecond,
    ModelSpec spec,
    TrainingOptions firstTraining,
    int retrainSteps,
    int retrainEveryLabels,
    double retrainRate,
    double dutyCycle,
    Duration halfLife,
    long labelDelayMillis,
    long lastWindowMillis) {
  static final String MODEL = "road";

  private static final long SEED = 7;
  private static final int ENDLESS_DRIFT_AT_SECONDS = 60;
  private static final long LABEL_DELAY_MILLIS = 4_000;
  private static final long LONGEST_LAST_WINDOW_MILLIS = 30_000;

  static DemoSetting of(DemoOptions options) {
    return options
        .data()
        .map(data -> folder(data, options.seconds()))
        .orElseGet(() -> streets(options.seconds()));
  }

  /** Three synthetic cameras; dusk falls after a quarter of the time. */
  private static DemoSetting streets(Optional<Integer> seconds) {
    double framesPerSecond = 4;
    double driftAt = seconds.map(all -> all / 4.0).orElse((double) ENDLESS_DRIFT_AT_SECONDS);
    SyntheticStreets footage =
        new SyntheticStreets(
            new SyntheticStreets.Settings(SEED, 3, 160, 96, framesPerSecond, driftAt, 5, 2));
    return new DemoSetting(
        footage,
        framesPerSecond,
        spec(footage.taxonomy(), 96, 160),
        TrainingOptions.builder(100, 8).learningRate(0.1, 10).seed(SEED).build(),
        40,
        80,
        0.05,
        0.7,
        Duration.ofSeconds(30),
        LABEL_DELAY_MILLIS,
        lastWindow(seconds));
  }

  /**
   * The sequences of a labelled folder, each as a camera. The first version is trained briefly: the
   * stream brings more labels than there were before it.
   */
  private static DemoSetting folder(Path data, Optional<Integer> seconds) {
    Footage footage = new LabelledFolder(data, 0.15, 2);
    return new DemoSetting(
        footage,
        1.5,
        spec(footage.taxonomy(), 96, 128),
        TrainingOptions.builder(40, 8).learningRate(0.1, 4).seed(SEED).build(),
        60,
        70,
        0.05,
        0.85,
        Duration.ofMinutes(2),
        LABEL_DELAY_MILLIS,
        lastWindow(seconds));
  }

  private static long lastWindow(Optional<Integer> seconds) {
    return Math.min(LONGEST_LAST_WINDOW_MILLIS, seconds.orElse(Integer.MAX_VALUE / 1000) * 250L);
  }

  /** DeepLabV3+ on a narrow MobileNetV2. */
  private static ModelSpec spec(Taxonomy taxonomy, int height, int width) {
    SegmentationModelConfig network =
        SegmentationModelConfig.parse(
            """
            num_classes: %d
            input_size: [%d, %d, 3]
            backbone:
              type: mobilenet
              mobilenet:
                model_id: MobileNetV2
                filter_size_scale: 0.5
                output_stride: 16
                output_intermediate_endpoints: true
            decoder:
              type: aspp
              aspp: {level: 4, dilation_rates: [2, 4], num_filters: 64}
            head:
              level: 4
              num_convs: 1
              num_filters: 64
              use_depthwise_convolution: true
              feature_fusion: deeplabv3plus
              low_level: 2/depthwise
              low_level_num_filters: 32
            norm_activation: {activation: relu, norm_momentum: 0.9, norm_epsilon: 0.001}
            """
                .formatted(taxonomy.size(), height, width));
    return new ModelSpec(MODEL, network, height, width, taxonomy);
  }
}

package io.segue.deploy.bench.bare;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.data.ExampleSource;
import io.segue.model.data.SegmentationExample;
import io.segue.model.train.Trainer;
import io.segue.model.train.TrainingJob;
import io.segue.model.train.TrainingOptions;
import java.nio.file.Path;
import java.util.List;

/** The networks that are measured. */
public enum BenchNetwork {
  /** The reference's {@code mnv2_deeplabv3plus_cityscapes} on frames of 360×480. */
  MOBILENET_V2(
      "mobilenetV2",
      360,
      480,
      """
      backbone:
        type: mobilenet
        mobilenet: {model_id: MobileNetV2, output_stride: 16, output_intermediate_endpoints: true}
      decoder: {type: aspp, aspp: {level: 4, dilation_rates: [], num_filters: 256}}
      head: {level: 4, num_convs: 2, num_filters: 256, use_depthwise_convolution: true,
             feature_fusion: deeplabv3plus, low_level: 2/depthwise, low_level_num_filters: 48}
      norm_activation: {activation: relu, norm_momentum: 0.99, norm_epsilon: 0.001}
      """),
  /** The reference's {@code seg_deeplabv3plus_pascal} with 50 layers on frames of 256×256. */
  RESNET_50(
      "resnet50",
      256,
      256,
      """
      backbone:
        type: dilated_resnet
        dilated_resnet: {model_id: 50, output_stride: 16, stem_type: v1, multigrid: [1, 2, 4]}
      decoder: {type: aspp, aspp: {level: 4, dilation_rates: [6, 12, 18], num_filters: 256}}
      head: {level: 4, num_convs: 2, num_filters: 256, feature_fusion: deeplabv3plus,
             low_level: 2, low_level_num_filters: 48}
      norm_activation: {activation: swish, norm_momentum: 0.99, norm_epsilon: 0.001}
      """),
  /** A narrow MobileNetV2 on frames of 96×128, for a short run. */
  SMALL(
      "small",
      96,
      128,
      """
      backbone:
        type: mobilenet
        mobilenet: {model_id: MobileNetV2, filter_size_scale: 0.25, output_stride: 16,
                    output_intermediate_endpoints: true}
      decoder: {type: aspp, aspp: {level: 4, dilation_rates: [], num_filters: 16}}
      head: {level: 4, num_convs: 1, num_filters: 16, use_depthwise_convolution: true,
             feature_fusion: deeplabv3plus, low_level: 2/depthwise, low_level_num_filters: 48}
      norm_activation: {activation: relu, norm_momentum: 0.99, norm_epsilon: 0.001}
      """);

  private static final int TRAINING_STEPS = 40;
  private static final int TRAINING_BATCH = 8;
  private static final double TRAINING_RATE = 0.05;
  private static final int TRAINING_WARM_UP = 5;

  /** Of batch norm: short enough for its averages to be of the weights as they have become. */
  private static final double TRAINING_MOMENTUM = 0.9;

  private final String key;
  private final int height;
  private final int width;
  private final String network;

  BenchNetwork(String key, int height, int width, String network) {
    this.key = key;
    this.height = height;
    this.width = width;
    this.network = network;
  }

  /** Its name among the rows of the result. */
  public String key() {
    return key;
  }

  /** Of the frames, in pixels. */
  public int height() {
    return height;
  }

  /** Of the frames, in pixels. */
  public int width() {
    return width;
  }

  ModelSpec spec(Taxonomy taxonomy) {
    return spec(key, taxonomy);
  }

  /**
   * The network as a model.
   *
   * @param name of the model
   * @param taxonomy the classes that it tells apart
   */
  public ModelSpec spec(String name, Taxonomy taxonomy) {
    SegmentationModelConfig config =
        SegmentationModelConfig.parse("num_classes: " + taxonomy.size() + "\n" + network);
    return new ModelSpec(name, config, height, width, taxonomy);
  }

  /**
   * Writes models that have learned a little: without it most pixels are near ties, which no two
   * precisions decide alike. Takes about half a minute for each.
   *
   * @param examples what they learn from
   * @param directories that are made; the model in each goes on from the one before it
   */
  public static void writeTrained(
      ModelSpec spec, List<SegmentationExample> examples, List<Path> directories)
      throws InterruptedException {
    TrainingOptions.Builder options =
        TrainingOptions.builder(TRAINING_STEPS, TRAINING_BATCH)
            .crop(spec.inputHeight() / 2, spec.inputWidth() / 2)
            .flip(true)
            .learningRate(TRAINING_RATE, TRAINING_WARM_UP)
            .bnMomentum(TRAINING_MOMENTUM)
            .bfloat16(true);
    for (int i = 0; i < directories.size(); i++) {
      TrainingJob job =
          TrainingJob.of(
              spec, ExampleSource.of(examples), options.seed(i + 1).build(), directories.get(i));
      Trainer.train(i == 0 ? job : job.from(directories.get(i - 1)));
    }
  }
}

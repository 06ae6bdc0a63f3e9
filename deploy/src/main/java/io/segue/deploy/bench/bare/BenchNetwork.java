package io.segue.deploy.bench.bare;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.network.SegmentationModel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.tensorflow.ndarray.Shape;

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

  /** Random weights of such sizes that the signal neither dies out nor blows up on its way. */
  static Weights weights(ModelSpec spec) {
    Random random = new Random(5);
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    SegmentationModel.of(spec.network())
        .weights(spec.inputHeight(), spec.inputWidth())
        .forEach((key, shape) -> tensors.put(key, weight(key, shape, random)));
    return Weights.of(tensors);
  }

  private static Weights.Tensor weight(String key, Shape shape, Random random) {
    boolean positive = key.endsWith("gamma") || key.endsWith("moving_variance");
    boolean kernel = shape.numDimensions() == 4;
    double scale = kernel ? Math.sqrt(2.0 / fanIn(key, shape)) : 0.2;
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (positive ? 0.5 + random.nextDouble() : scale * random.nextGaussian());
    }
    return new Weights.Tensor(shape, values);
  }

  private static long fanIn(String key, Shape kernel) {
    long taps = kernel.get(0) * kernel.get(1);
    return key.endsWith("depthwise_kernel") ? taps : taps * kernel.get(2);
  }
}

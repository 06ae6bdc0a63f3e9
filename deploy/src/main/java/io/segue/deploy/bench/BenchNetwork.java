package io.segue.deploy.bench;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;

/** The networks that serving is measured with. */
final class BenchNetwork {
  private BenchNetwork() {}

  /** DeepLabV3+ on MobileNetV2 with the reference's sizes, input 360 × 480. */
  static ModelSpec mobileNetV2(Taxonomy taxonomy) {
    return spec(taxonomy, 360, 480, "1.0", 256, 2);
  }

  /** A narrow one for a short run on small frames. */
  static ModelSpec small(Taxonomy taxonomy) {
    return spec(taxonomy, 96, 128, "0.25", 16, 1);
  }

  private static ModelSpec spec(
      Taxonomy taxonomy, int height, int width, String scale, int filters, int convolutions) {
    SegmentationModelConfig network =
        SegmentationModelConfig.parse(
            """
            num_classes: %d
            input_size: [%d, %d, 3]
            backbone:
              type: mobilenet
              mobilenet:
                model_id: MobileNetV2
                filter_size_scale: %s
                output_stride: 16
                output_intermediate_endpoints: true
            decoder:
              type: aspp
              aspp: {level: 4, dilation_rates: [], num_filters: %d}
            head:
              level: 4
              num_convs: %d
              num_filters: %d
              use_depthwise_convolution: true
              feature_fusion: deeplabv3plus
              low_level: 2/depthwise
              low_level_num_filters: 48
            norm_activation: {activation: relu, norm_momentum: 0.99, norm_epsilon: 0.001}
            """
                .formatted(taxonomy.size(), height, width, scale, filters, convolutions, filters));
    return new ModelSpec(BenchStage.MODEL, network, height, width, taxonomy);
  }
}

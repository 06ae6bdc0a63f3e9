package io.segue.model.network;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.config.ConfigException;
import io.segue.model.config.SegmentationModelConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the reference accepts and ignores, or fails on late, is an error when a network is built.
 */
class RefusedConfigurationsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'head: {level: 4}'                                                         | num_classes
          'num_classes: 3, mask_scoring_head: {}'                                    | fc_input_size
          'num_classes: 3, head: {feature_fusion: panoptic_fpn_fusion, level: 3}'    | decoder_max_level
          'num_classes: 3, head: {logit_activation: softmin}'                        | softmin
          'num_classes: 3, norm_activation: {activation: relux}'                     | relux
          'num_classes: 3, decoder: {type: nasfpn}'                                  | max_level
          'num_classes: 3, decoder: {type: fpn, fpn: {fusion_type: mean}}'           | fusion_type
          'num_classes: 3, decoder: {type: aspp, aspp: {spp_layer_version: v3}}'     | spp_layer_version
          'num_classes: 3, decoder: {type: aspp, aspp: {interpolation: nearest}}'    | v2
          'num_classes: 3, decoder: {type: aspp, aspp: {pool_kernel_size: [8, 8]}}'  | pool_kernel_size
          'num_classes: 3, decoder: {type: aspp, aspp: {dilation_rates: [0]}}'       | dilation_rates
          'num_classes: 3, backbone: {type: resnet, resnet: {model_id: 51}}'         | model_id
          'num_classes: 3, backbone: {type: resnet, resnet: {stem_type: v2}}'        | stem_type
          'num_classes: 3, backbone: {type: resnet, resnet: {model_id: 18, resnetd_shortcut: true}}' | bottleneck
          'num_classes: 3, backbone: {type: resnet, resnet: {stochastic_depth_drop_rate: 2}}' | outside 0 to 1
          'num_classes: 3, backbone: {type: dilated_resnet, dilated_resnet: {multigrid: [1, 2]}}' | multigrid
          'num_classes: 3, backbone: {type: dilated_resnet, dilated_resnet: {output_stride: 4}}' | output_stride
          'num_classes: 3, backbone: {type: efficientnet, efficientnet: {model_id: b8}}' | model_id
          'num_classes: 3, backbone: {type: mobilenet, mobilenet: {model_id: MobileNetV9}}' | model_id
          'num_classes: 3, backbone: {type: mobilenet, mobilenet: {output_stride: 5}}' | output_stride
          'num_classes: 3, backbone: {type: mobilenet, mobilenet: {model_id: MobileNetV1, output_intermediate_endpoints: true}}' | inverted
          """)
  void whatCannotBeUsedIsNamed(String yaml, String named) {
    assertThatThrownBy(() -> SegmentationModel.of(SegmentationModelConfig.parse("{" + yaml + "}")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(named);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'head: {level: 6}'                                                    | feature map '6'
          'head: {level: 4, feature_fusion: deeplabv3plus, low_level: 2/depthwise}' | feature map '2/depthwise'
          'head: {level: 4, feature_fusion: deeplabv3plus_sum_to_merge}'        | set it to 512
          'head: {level: 4, feature_fusion: pyramid_fusion}'                    | no finer map
          'decoder: {type: fpn}, min_level: 1'                                  | min_level
          """)
  void aMapThatIsMissingIsNamedWithThoseThereAre(String yaml, String named) {
    SegmentationModelConfig config =
        SegmentationModelConfig.parse(
            "{num_classes: 3, backbone: {type: resnet, resnet: {model_id: 10}}, "
                + yaml.replace("512", "256")
                + "}");
    assertThatThrownBy(() -> SegmentationModel.of(config).weights(64, 64))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(named.replace("512", "256"));
  }
}

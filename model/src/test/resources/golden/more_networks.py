"""Further network cases: narrow and finely strided MobileNets, both forms of gelu, options of single blocks.

    python more_networks.py [prefix of the case names]

Writes beside the cases of networks.py, by its rules.
"""
import os
import sys

from networks import (HERE, NETWORK, LOOSE, Recorder, aspp, backbone_case, decoder_case, efficientnet, fpn, head_case, layer_call,
                      mobilenet, nasfpn, nn_blocks, pyramid, resnet, resnet_deeplab, segmentation_heads, static_specs)


def mobilenets(r):
    def case(name, **args):
        shape = args.pop("shape", (1, 64, 64, 3))
        gain = {"MobileNetV1": 1.8, "MobileNetV2": 1.4, "MobileNetV3Large": 1.55, "MobileNetV3Small": 1.7}[args["model_id"]]
        backbone_case(r, "mobilenet_" + name, mobilenet.MobileNet, args, shape, gain=gain)
    case("v1_half_os8", model_id="MobileNetV1", filter_size_scale=0.5, output_stride=8, shape=(1, 65, 79, 3))
    case("v1_third", model_id="MobileNetV1", filter_size_scale=0.33)
    case("v2_wide_os32", model_id="MobileNetV2", filter_size_scale=1.4, output_stride=32, shape=(1, 97, 65, 3))
    case("v2_os4", model_id="MobileNetV2", output_stride=4)
    case("v3large_os8", model_id="MobileNetV3Large", output_stride=8, filter_size_scale=0.75, output_intermediate_endpoints=True)
    case("v3small_half_os8", model_id="MobileNetV3Small", output_stride=8, filter_size_scale=0.5, shape=(1, 65, 81, 3))
    backbone_case(r, "train_mobilenet_v1_quarter_os16", mobilenet.MobileNet,
                  dict(model_id="MobileNetV1", filter_size_scale=0.25, output_stride=16), (4, 64, 64, 3), training=True, gradients=True,
                  gradient_limit=32, tolerance=LOOSE, gradient_share=0.05)


def resnets(r):
    backbone_case(r, "resnet34_drop", resnet.ResNet, dict(model_id=34, replace_stem_max_pool=True, init_stochastic_depth_rate=0.2))
    backbone_case(r, "dilated_resnet50_os32", resnet_deeplab.DilatedResNet, dict(model_id=50, output_stride=32, multigrid=[1, 2, 4]), gain=1.2)


def gelus(r):
    """The layer form (erf) and the function's (tanh) differ by up to 4e-4; each part has its own."""
    gelu = dict(activation="gelu")
    dilated = dict(gelu, model_id=50, output_stride=16, stem_type="v1", replace_stem_max_pool=True, se_ratio=0.25)
    backbone_case(r, "resnet18_gelu", resnet.ResNet, dict(gelu, model_id=18, replace_stem_max_pool=True))
    backbone_case(r, "dilated_resnet50_gelu", resnet_deeplab.DilatedResNet, dilated, gain=1.6, tolerance=5e-5)
    backbone_case(r, "efficientnet_b0_gelu", efficientnet.EfficientNet, dict(gelu, model_id="b0", se_ratio=0.25, se_inner_activation="gelu"),
                  gain=1.7, tolerance=5e-5)
    maps = pyramid("", (2, 3, 4, 5), (16, 24, 32, 48))
    decoder_case(r, "fpn_gelu", fpn.FPN, dict(gelu, input_specs=static_specs(maps), num_filters=24, min_level=3, max_level=7), maps)
    big = pyramid("", (2, 3, 4, 5), (16, 24, 32, 48), side=128)
    decoder_case(r, "nasfpn_gelu", nasfpn.NASFPN, dict(gelu, input_specs=static_specs(big), min_level=3, max_level=7, num_repeats=1,
                                                       num_filters=32), big, limit=2048)
    for version in ("v1", "v2"):
        decoder_case(r, "aspp_%s_gelu" % version, aspp.ASPP, dict(gelu, level=4, dilation_rates=[2, 4], num_filters=16, spp_layer_version=version),
                     pyramid("", (4,), (24,), 128))
    both = {**pyramid("backbone/", (2, 3, 4, 5), (12, 16, 24, 32)), **pyramid("decoder/", (3, 4, 5, 6), (20,) * 4)}
    head_case(r, "deeplabv3plus_gelu", dict(gelu, num_classes=5, num_filters=16, level=4, feature_fusion="deeplabv3plus", low_level=2,
                                            low_level_num_filters=8), both)
    head_case(r, "panoptic_fpn_fusion_gelu", dict(gelu, num_classes=5, num_filters=32, num_decoder_filters=20, level=3,
                                                  feature_fusion="panoptic_fpn_fusion", decoder_min_level=3, decoder_max_level=5), both)
    scoring = dict(gelu, num_classes=5, fc_input_size=[4, 6], num_convs=2, num_filters=8, fc_dims=16, num_fcs=2)
    r.case("head_mask_scoring_gelu", lambda: {"mask_scoring_head": segmentation_heads.MaskScoring(**scoring)},
           lambda items, values, training: {"mask_scores": items["mask_scoring_head"](values["logits"], training=training)},
           {"logits": ((2, 9, 16, 5), -4.0, 4.0)}, "segmentation_heads.MaskScoring", scoring, tolerance=NETWORK)


def blocks(r):
    def case(name, cls, channels=16, **args):
        module = cls.__module__.rsplit(".", 1)[-1]
        r.case("block_" + name, lambda: {"block": cls(**args)}, layer_call, {"input": (2, 9, 8, channels)}, module + "." + cls.__name__, args)
    case("residual_gelu", nn_blocks.ResidualBlock, filters=24, strides=2, use_projection=True, se_ratio=0.25, activation="gelu")
    case("bottleneck_gelu", nn_blocks.BottleneckBlock, 32, filters=8, strides=1, activation="gelu")
    case("inverted_gelu", nn_blocks.InvertedBottleneckBlock, in_filters=16, out_filters=16, expand_ratio=4, strides=1, se_ratio=0.25,
         activation="gelu", depthwise_activation="gelu", se_inner_activation="gelu")
    case("depthwise_separable_gelu", nn_blocks.DepthwiseSeparableConvBlock, filters=24, strides=1, activation="gelu")
    case("depthwise_separable_kernel5", nn_blocks.DepthwiseSeparableConvBlock, filters=16, strides=2, kernel_size=5, activation="swish")
    case("conv2d_bn_bias", mobilenet.Conv2DBNBlock, filters=24, strides=1, use_bias=True, use_normalization=False)
    case("conv2d_bn_linear", mobilenet.Conv2DBNBlock, filters=9, strides=1, activation=None)


def main():
    recorder = Recorder(os.path.join(HERE, "networks"), sys.argv[1] if len(sys.argv) > 1 else "", False, False)
    for group in (mobilenets, resnets, gelus, blocks):
        group(recorder)
    print("%d cases" % len(recorder.names))


if __name__ == "__main__":
    main()

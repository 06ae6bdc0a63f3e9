"""Further training cases: the first category as void in panoptic quality, a run with a separable FPN.

    python more_training.py

Writes beside the cases of training.py, by its rules.
"""
import training
from training import NORM, ROOT, panoptic_case, parity_case

PARITY = {
    "parity_separable_fpn": dict(
        what="ResNet-18 (width 0.25, SE, stem v1 without max pool, swish) + separable FPN 3-5 + pyramid fusion, binary cross entropy, sync BN, "
             "RMSprop, cosine with warm-up; kernels of separable layers do not decay",
        task=dict(
            model=dict(num_classes=4, input_size=[64, 64, 3], min_level=3, max_level=5,
                       backbone=dict(type="resnet", resnet=dict(model_id=18, depth_multiplier=0.25, se_ratio=0.25, stem_type="v1",
                                                                replace_stem_max_pool=True)),
                       decoder=dict(type="fpn", fpn=dict(num_filters=16, use_separable_conv=True)),
                       head=dict(level=3, num_convs=1, num_filters=16, feature_fusion="pyramid_fusion"),
                       norm_activation=dict(NORM, activation="swish")),
            losses=dict(l2_weight_decay=1e-3, ignore_label=255, loss_weight=1.0, use_binary_cross_entropy=True)),
        optimization=dict(optimizer=dict(type="rmsprop", rmsprop=dict(momentum=0.9, rho=0.9, epsilon=0.1)),
                          learning_rate=dict(type="cosine", cosine=dict(initial_learning_rate=0.01, decay_steps=20)),
                          warmup=dict(type="linear", linear=dict(warmup_steps=3, warmup_learning_rate=0.0))),
        batch=4, label_block=8, batches=2, steps=6),
}


def main():
    panoptic_case(ROOT, "panoptic_quality_void_first", categories=6, shape=(21, 33), ignored=0, max_instances=32, pairs=3)
    for case, spec in PARITY.items():
        parity_case(ROOT, case, spec, module="more_training")


if __name__ == "__main__":
    main()

package io.segue.model.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.config.ConfigException;
import io.segue.model.config.ConfigReader;
import io.segue.model.config.ConfigTree;
import io.segue.model.config.MobileNetConfig;
import io.segue.model.network.SegmentationModel;
import io.segue.model.train.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentConfigTest {
  private static final String MNV2 = "mnv2_deeplabv3plus_cityscapes";

  @ParameterizedTest
  @CsvSource({
    "seg_deeplabv3_pascal, 21, 16, 29745, 0.007, 3305, 0.0001",
    "seg_deeplabv3plus_pascal, 21, 16, 29745, 0.007, 3305, 0.0001",
    "seg_resnetfpn_pascal, 21, 256, 18450, 0.007, 205, 0.0001",
    "mnv2_deeplabv3_pascal, 21, 16, 30000, 0.007, 3305, 0.00004",
    "seg_deeplabv3plus_cityscapes, 19, 16, 92500, 0.01, 925, 0.0001",
    "mnv2_deeplabv3_cityscapes, 19, 16, 100000, 0.01, 925, 0.00004",
    "mnv2_deeplabv3plus_cityscapes, 19, 16, 100000, 0.01, 925, 0.00004"
  })
  void namedExperimentsAreThoseOfTheReference(
      String name, int classes, int batch, long steps, double rate, int warmup, double decay) {
    ExperimentConfig config = named(name);

    assertThat(config.task().model().numClasses()).isEqualTo(classes);
    assertThat(config.task().trainData().globalBatchSize()).isEqualTo(batch);
    assertThat(config.trainer().trainSteps()).isEqualTo(steps);
    assertThat(config.task().losses().l2WeightDecay()).isEqualTo(decay);
    Schedule schedule = config.trainer().optimizer().schedule();
    assertThat(schedule)
        .isEqualTo(
            new Schedule.LinearWarmup(
                new Schedule.Polynomial(rate, (int) steps, 0, 0.9, false, 0), 0, warmup));
  }

  @Test
  void everyNamedNetworkCanBeBuilt() {
    for (String name : NamedExperiments.names()) {
      if (!name.equals("semantic_segmentation")) {
        assertThat(SegmentationModel.of(named(name).task().model())).as(name).isNotNull();
      }
    }
  }

  @Test
  void anExperimentOfAnotherNameIsRefusedWithThoseThereAre() {
    assertThatThrownBy(() -> NamedExperiments.yaml("seg_deeplabv4"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("seg_deeplabv3_pascal");
  }

  @Test
  void anUnknownKeyIsNamedWithTheNearestKnownOne() {
    assertThatThrownBy(() -> read("task: {train_data: {aug_scale_mim: 0.5}}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("task.train_data.aug_scale_mim")
        .hasMessageContaining("'aug_scale_min'");
  }

  @Test
  void aKeyWithoutMeaningHereIsRefusedWithTheReason() {
    assertThatThrownBy(() -> read("trainer: {steps_per_loop: 10}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("trainer.steps_per_loop: has no effect here");
  }

  @Test
  void everyKeyWithoutMeaningSaysWhatToDo() {
    assertThat(RefusedKeys.advice()).hasSizeGreaterThan(50);
    RefusedKeys.advice()
        .forEach(
            (key, advice) ->
                assertThatThrownBy(() -> ExperimentConfig.read(new ConfigTree().set(key, "null")))
                    .as(key)
                    .hasMessage("%s: has no effect here, %s", key, advice)
                    .hasMessageMatching(".*(remove it|instead|write .*)"));
  }

  /** The keys and defaults of the reference's configuration, without those that do nothing here. */
  private static final String DEFAULTS_OF_THE_REFERENCE =
      """
      task:
        init_checkpoint: null
        init_checkpoint_modules: all
        model:
          num_classes: 0
          input_size: []
          min_level: 3
          max_level: 6
          head: {level: 3, num_convs: 2, num_filters: 256, use_depthwise_convolution: false,
                 prediction_kernel_size: 1, upsample_factor: 1, feature_fusion: null, low_level: 2,
                 low_level_num_filters: 48, decoder_min_level: null, decoder_max_level: null,
                 logit_activation: null}
          backbone:
            type: resnet
            resnet: {model_id: 50, depth_multiplier: 1.0, stem_type: v0, se_ratio: 0.0,
                     stochastic_depth_drop_rate: 0.0, scale_stem: true, resnetd_shortcut: false,
                     replace_stem_max_pool: false, bn_trainable: true}
          decoder: {type: identity, identity: {}}
          mask_scoring_head: null
          norm_activation: {activation: relu, use_sync_bn: true, norm_momentum: 0.99,
                            norm_epsilon: 0.001}
        losses: {loss_weight: 1.0, label_smoothing: 0.0, ignore_label: 255,
                 gt_is_matting_map: false, class_weights: [], l2_weight_decay: 0.0,
                 use_groundtruth_dimension: true, use_binary_cross_entropy: false,
                 top_k_percent_pixels: 1.0, mask_scoring_weight: 1.0}
        train_data:
          input_path: ''
          image_feature: {feature_name: image/encoded, num_channels: 3,
                          mean: [0.485, 0.456, 0.406], stddev: [0.229, 0.224, 0.225]}
          output_size: []
          crop_size: []
          global_batch_size: 0
          is_training: true
          dtype: float32
          shuffle_buffer_size: 1000
          cycle_length: 10
          block_length: 1
          cache: false
          resize_eval_groundtruth: true
          groundtruth_padded_size: []
          aug_scale_min: 1.0
          aug_scale_max: 1.0
          aug_rand_hflip: true
          preserve_aspect_ratio: true
          drop_remainder: true
          file_type: tfrecord
          centered_crop: false
          weights: null
        validation_data:
          is_training: false
      trainer:
        train_steps: 0
        validation_steps: -1
        validation_interval: 1000
        checkpoint_interval: 1000
        best_checkpoint_export_subdir: ''
        best_checkpoint_eval_metric: ''
        best_checkpoint_metric_comp: higher
      """;

  @Test
  void theReferencesDefaultsAreTheDefaults() {
    assertThat(read(DEFAULTS_OF_THE_REFERENCE)).isEqualTo(ExperimentConfig.DEFAULT);
  }

  @Test
  void theImageMayHaveAnotherKeyButNoOtherChannels() {
    ExperimentConfig config =
        read("task: {train_data: {image_feature: {feature_name: image/left}}}");
    assertThat(config.task().trainData().imageFeature().featureName()).isEqualTo("image/left");
    assertThat(config.task().validationData().imageFeature().featureName())
        .isEqualTo("image/encoded");
    assertThatThrownBy(() -> read("task: {train_data: {image_feature: {num_channels: 4}}}"))
        .hasMessageContaining("task.train_data.image_feature.num_channels: 4")
        .hasMessageContaining("write 3");
    assertThatThrownBy(() -> read("task: {validation_data: {image_feature: {mean: [0, 0, 0]}}}"))
        .hasMessageContaining("task.validation_data.image_feature.mean [0.0, 0.0, 0.0]");
  }

  @Test
  void anOptimisersOldKeysSayWhereTheyWent() {
    ConfigTree tree =
        new ConfigTree()
            .set("trainer.optimizer_config.optimizer", "{type: sgd, sgd: {decay: 0.1}}")
            .set("trainer.optimizer_config.learning_rate", "{type: constant}");
    assertThatThrownBy(() -> ExperimentConfig.read(tree).trainer().optimizer())
        .hasMessageContaining("trainer.optimizer_config.optimizer.sgd.decay")
        .hasMessageContaining("write a learning_rate that falls");
  }

  @Test
  void keysOverrideTheExperimentBelow() {
    ExperimentConfig config =
        ExperimentConfig.read(
            new ConfigTree()
                .over(MNV2, NamedExperiments.yaml(MNV2))
                .over("mine", "task: {losses: {top_k_percent_pixels: 0.25}}")
                .set("task.model.backbone.mobilenet.filter_size_scale", "0.5")
                .set("task.train_data.crop_size", "[64, 96]"));

    assertThat(config.task().losses().topKPercentPixels()).isEqualTo(0.25);
    assertThat(config.task().losses().l2WeightDecay()).isEqualTo(4e-5);
    assertThat(config.task().model().backbone()).isEqualTo(MobileNetConfig.v2(0.5, 16));
    assertThat(config.task().trainData().cropSize()).isEqualTo(List.of(64, 96));
  }

  @Test
  void anotherTypeReplacesAllOptionsOfTheOldOne() {
    ExperimentConfig config =
        ExperimentConfig.read(
            new ConfigTree()
                .over(MNV2, NamedExperiments.yaml(MNV2))
                .over("mine", "task: {model: {decoder: {type: identity}}}"));

    assertThat(config.task().model().decoder().type()).isEqualTo("identity");
  }

  @Test
  void readsBackWhatItWrites() {
    ExperimentConfig config = named(MNV2);

    assertThat(read(ConfigReader.write(config))).isEqualTo(config);
  }

  @Test
  void theServedSizeIsThatOfTheValidationData() {
    Experiment experiment = new Experiment("street", named(MNV2));

    assertThat(experiment.spec().inputHeight()).isEqualTo(1024);
    assertThat(experiment.spec().inputWidth()).isEqualTo(2048);
    assertThat(experiment.spec().taxonomy().size()).isEqualTo(19);
  }

  private static ExperimentConfig named(String name) {
    return read(NamedExperiments.yaml(name));
  }

  private static ExperimentConfig read(String yaml) {
    return ExperimentConfig.read(new ConfigTree().over("test", yaml));
  }
}

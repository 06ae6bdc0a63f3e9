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

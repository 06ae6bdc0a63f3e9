package io.segue.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segue.connectors.image.CocoRuns;
import io.segue.connectors.image.DecodedMask;
import io.segue.connectors.image.MaskCodec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandITCase {
  private static final String CONFIG =
      """
      task:
        model:
          num_classes: 2
          backbone: {type: mobilenet, mobilenet: {filter_size_scale: 0.25, output_stride: 16}}
          head: {level: 4, num_convs: 0}
        train_data: {output_size: [32, 48], global_batch_size: 2, aug_scale_min: 0.5}
        validation_data: {output_size: [32, 48], drop_remainder: false}
      trainer:
        train_steps: 2
        validation_interval: 2
        best_checkpoint_export_subdir: best
        optimizer_config:
          learning_rate: {type: constant, constant: {learning_rate: 0.01}}
      """;

  @TempDir Path folder;
  private Path config;
  private Path model;

  @BeforeEach
  void writeData() throws IOException {
    TwoClasses.write(folder.resolve("data"));
    config = folder.resolve("config.yaml");
    Files.writeString(config, CONFIG);
    model = folder.resolve("model");
  }

  @Test
  void trainsEvaluatesAndPredicts() throws IOException {
    JsonNode trained = done(train());
    assertThat(trained.get("completed").booleanValue()).isTrue();
    assertThat(trained.get("steps").intValue()).isEqualTo(2);
    assertThat(trained.get("bestScore").doubleValue()).isBetween(0.0, 1.0);
    assertThat(trained.get("trainerStarvedShare").doubleValue()).isBetween(0.0, 1.0);
    assertThat(model.resolve("saved_model.pb")).exists();
    assertThat(model.resolve("best/saved_model.pb")).exists();

    JsonNode scores =
        done("evaluate", "--model", model.toString(), "--data", data(), "--flip", "--json");
    assertThat(scores.get("frames").intValue()).isEqualTo(3);
    assertThat(scores.get("miou").doubleValue()).isBetween(0.0, 1.0);
    assertThat(scores.get("perClassIou").has("class-0")).isTrue();
    JsonNode atInputSize =
        done(
            "evaluate",
            "--model",
            model.toString(),
            "--data",
            data(),
            "--labels-at-input-size",
            "--json");
    // The validation of the training run saw the same weights and the same pixels.
    assertThat(atInputSize.get("miouAllClasses").doubleValue())
        .isEqualTo(trained.get("bestScore").doubleValue());

    Path masks = folder.resolve("masks");
    JsonNode predicted =
        done(
            "predict",
            "--model",
            model.toString(),
            "--input",
            data() + "/frames",
            "--out",
            masks.toString(),
            "--overlay",
            "--coco",
            "--json");
    assertThat(predicted.get("images").intValue()).isEqualTo(3);
    DecodedMask mask = MaskCodec.decode(Files.readAllBytes(masks.resolve("0.png")));
    assertThat(mask.width()).isEqualTo(48);
    assertThat(mask.height()).isEqualTo(32);
    assertThat(masks.resolve("0.overlay.jpg")).exists();
    Map<Integer, String> runs = new HashMap<>();
    for (JsonNode result : new ObjectMapper().readTree(masks.resolve("masks.coco.json").toFile())) {
      JsonNode segmentation = result.get("segmentation");
      assertThat(segmentation.get("size").toString()).isEqualTo("[32,48]");
      if (result.get("image_id").textValue().equals("0")) {
        runs.put(result.get("category_id").intValue(), segmentation.get("counts").textValue());
      }
    }
    assertThat(CocoRuns.decode(runs, 48, 32, 255)).isEqualTo(mask);
  }

  @Test
  void refusesAnUnknownKeyAndCheckpointsOfAnotherConfiguration() throws IOException {
    StringWriter err = new StringWriter();
    assertThat(run(err, train("--set", "trainer.train_stops=3"))).isEqualTo(1);
    assertThat(err.toString())
        .contains("trainer.train_stops: unknown key")
        .contains("'train_steps'");

    Files.createDirectories(folder.resolve("model.checkpoints"));
    Files.writeString(folder.resolve("model.checkpoints/config.json"), "{}");
    StringWriter other = new StringWriter();
    assertThat(run(other, train())).isEqualTo(1);
    assertThat(other.toString()).contains("checkpoints of another configuration");
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private String[] train(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--config",
                config.toString(),
                "--data",
                data(),
                "--validation",
                data(),
                "--out",
                model.toString(),
                "--json"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private static int run(StringWriter err, String... arguments) {
    return Segue.run(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments);
  }

  private static JsonNode done(String... arguments) throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertThat(Segue.run(new PrintWriter(out), new PrintWriter(err), arguments))
        .as(err.toString())
        .isZero();
    List<String> lines = out.toString().lines().toList();
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }
}

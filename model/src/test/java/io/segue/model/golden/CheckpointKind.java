package io.segue.model.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.checkpoint.CheckpointException;
import io.segue.model.checkpoint.CheckpointFile;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.network.SegmentationModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Checkpoints that the reference wrote: what they hold, or the complaint that they do not fit. */
final class CheckpointKind implements GoldenKind {
  private static final String SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE";

  @Override
  public Set<String> names() {
    return Set.of("checkpoint");
  }

  @Override
  public void compare(Fixture fixture, Deviations deviations) {
    JsonNode json = fixture.description();
    Path prefix = fixture.directory().resolve(json.path("prefix").asText());
    CheckpointFile checkpoint = CheckpointFile.open(prefix);
    if (json.has("complaint")) {
      compareComplaint(fixture, checkpoint, deviations);
      return;
    }
    SegmentationModel model =
        SegmentationModel.of(SegmentationModelConfig.parse(json.path("model").toString()));
    Map<String, NpyArray> expected = fixture.arrays("expected.npz");
    NpyArray input = expected.get("input");
    Map<String, Shape> wanted =
        model.weights((int) input.shape().get(1), (int) input.shape().get(2));
    if (!expected.containsKey("logits")) {
      wanted.keySet().removeIf(key -> !key.startsWith("backbone/"));
    }
    Weights weights = checkpoint.read(wanted);
    compareOutputs(json, model, weights, expected, "logits", deviations);
    if (expected.containsKey("logits_averaged")) {
      compareOutputs(
          json, model, checkpoint.readAverages(wanted), expected, "logits_averaged", deviations);
    }
  }

  private static void compareComplaint(
      Fixture fixture, CheckpointFile checkpoint, Deviations deviations) {
    JsonNode json = fixture.description();
    JsonNode target =
        Fixture.json(fixture.directory().resolveSibling("trained").resolve("case.json"));
    Map<String, Shape> wanted =
        SegmentationModel.of(SegmentationModelConfig.parse(target.path("model").toString()))
            .weights(64, 64);
    assertThatThrownBy(() -> checkpoint.read(wanted))
        .isInstanceOf(CheckpointException.class)
        .satisfies(
            complaint -> {
              for (JsonNode missing : json.path("missing")) {
                String key = missing.asText().replace(SUFFIX, "");
                assertThat(complaint.getMessage()).contains(key + ": missing");
                deviations.checkEqual(key, true, true);
              }
              for (JsonNode wrong : json.path("wrong_shape")) {
                String key = wrong.path("key").asText().replace(SUFFIX, "");
                assertThat(complaint.getMessage())
                    .contains(
                        "%s: has shape %s, the network needs %s"
                            .formatted(
                                key,
                                Shape.of(Fixture.longs(wrong.path("checkpoint"))),
                                Shape.of(Fixture.longs(wrong.path("model")))));
                deviations.checkEqual(key, true, true);
              }
            });
  }

  private static void compareOutputs(
      JsonNode json,
      SegmentationModel model,
      Weights weights,
      Map<String, NpyArray> expected,
      String logits,
      Deviations deviations) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      NpyArray input = expected.get("input");
      Operand<TFloat32> image = tf.constant(input.shape(), DataBuffers.of(input.floats()));
      FrozenLayers layers = new FrozenLayers(tf, weights);
      Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
      if (expected.containsKey(logits)) {
        outputs.put(logits, model.build(layers, image).logits());
      }
      if (logits.equals("logits")) {
        FeatureMaps maps = model.backbone().build(layers, "backbone", image);
        expected.keySet().stream()
            .filter(name -> name.startsWith("backbone_"))
            .forEach(name -> outputs.put(name, maps.get(name.substring(9))));
      }
      try (Session session = Sessions.open(graph)) {
        Session.Runner runner = session.runner();
        outputs.values().forEach(runner::fetch);
        try (Result result = runner.run()) {
          int i = 0;
          for (String name : outputs.keySet()) {
            TFloat32 tensor = (TFloat32) result.get(i++);
            float[] values = new float[(int) tensor.size()];
            tensor.asRawTensor().data().asFloats().read(values);
            NpyArray stored = expected.get(name);
            assertThat(tensor.shape()).as(name).isEqualTo(stored.shape());
            deviations.check(
                name,
                Deviations.doubles(values),
                stored.doubles(),
                absolute(json, name, stored),
                json.path("tolerance").elements().next().path("relative").asDouble());
          }
        }
      }
    }
  }

  /** The tolerance of the logits, or a share of the largest value. */
  private static double absolute(JsonNode json, String name, NpyArray stored) {
    JsonNode own = json.path("tolerance").path(name);
    if (own.has("absolute")) {
      return own.path("absolute").asDouble();
    }
    double largest = 0;
    for (double value : stored.doubles()) {
      largest = Math.max(largest, Math.abs(value));
    }
    return 2e-5 * largest;
  }
}

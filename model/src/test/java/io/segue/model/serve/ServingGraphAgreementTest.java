package io.segue.model.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.golden.Filler;
import io.segue.model.golden.Sessions;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.layer.VariableLayers;
import io.segue.model.layer.VariableStore;
import io.segue.model.network.SegmentationModel;
import io.segue.model.serve.form.ServingForm;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The serving graph, with its folded norms and dilation attributes, gives the logits of the graph
 * that trains.
 */
class ServingGraphAgreementTest {
  /** What is promised of float32, as a share of the largest logit. */
  private static final double TOLERANCE = 1e-4;

  private static final Shape IMAGE = Shape.of(1, 128, 128, 3);

  /** One of each kind of network. */
  static Stream<String> networks() {
    return Stream.of(
        """
        backbone: {type: mobilenet, mobilenet: {filter_size_scale: 0.25, output_stride: 8,
                   output_intermediate_endpoints: true}}
        decoder: {type: aspp, aspp: {level: 3, dilation_rates: [2, 3], num_filters: 8,
                  use_depthwise_convolution: true}}
        head: {level: 3, num_convs: 1, num_filters: 8, feature_fusion: deeplabv3plus,
               low_level: 2/depthwise, low_level_num_filters: 8, use_depthwise_convolution: true}
        """,
        """
        backbone: {type: mobilenet, mobilenet: {model_id: MobileNetV3Small, filter_size_scale: 0.5,
                   output_stride: 16}}
        decoder: {type: aspp, aspp: {level: 4, dilation_rates: [], num_filters: 8,
                  spp_layer_version: v2}}
        head: {level: 4, num_convs: 0}
        """,
        """
        backbone: {type: dilated_resnet, dilated_resnet: {model_id: 50, output_stride: 8,
                   multigrid: [1, 2, 4], stem_type: v1, se_ratio: 0.25}}
        decoder: {type: aspp, aspp: {level: 3, dilation_rates: [6, 12], num_filters: 8}}
        head: {level: 3, num_convs: 1, num_filters: 8, feature_fusion: deeplabv3plus, low_level: 2,
               low_level_num_filters: 8}
        norm_activation: {activation: swish}
        """,
        """
        backbone: {type: resnet, resnet: {model_id: 10, depth_multiplier: 0.25}}
        decoder: {type: fpn, fpn: {num_filters: 8}}
        head: {level: 3, num_convs: 1, num_filters: 8, feature_fusion: pyramid_fusion}
        """,
        """
        max_level: 7
        backbone: {type: efficientnet, efficientnet: {model_id: b0, se_ratio: 0.25}}
        decoder: {type: nasfpn, nasfpn: {num_filters: 8, num_repeats: 1}}
        head: {level: 3, num_convs: 1, num_filters: 8}
        norm_activation: {activation: swish}
        """);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theServingGraphGivesTheTrainingGraphsLogits(String network) {
    SegmentationModel model =
        SegmentationModel.of(SegmentationModelConfig.parse("num_classes: 5\n" + network));
    Weights weights = weights(model);
    float[] trained = trained(model, weights);
    assertAgree(trained, served(model, weights, ServingForm.PLAIN_FLOAT32));
    assertAgree(trained, served(model, weights, ServingForm.FUSED_FLOAT32));
    assertAgree(trained, served(model, weights, ServingForm.MIXED_FLOAT32));
  }

  private static void assertAgree(float[] trained, float[] served) {
    double largest = 0;
    for (float logit : trained) {
      largest = Math.max(largest, Math.abs(logit));
    }
    assertThat(largest).as("logits that are all but zero prove nothing").isGreaterThan(1e-3);
    for (int i = 0; i < trained.length; i++) {
      assertThat((double) served[i])
          .as("logit %d", i)
          .isCloseTo(trained[i], Offset.offset(TOLERANCE * Math.max(1, largest)));
    }
  }

  private static Weights weights(SegmentationModel model) {
    return Filler.weights(model.weights(128, 128), 1.5);
  }

  private static Operand<TFloat32> image(Ops tf) {
    return tf.constant(IMAGE, DataBuffers.of(Filler.input("image", IMAGE, -2, 2)));
  }

  private static float[] trained(SegmentationModel model, Weights weights) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      VariableStore store = new VariableStore(tf, 0);
      Operand<TFloat32> logits =
          model.build(VariableLayers.evaluation(tf, store), image(tf)).logits();
      try (Session session = Sessions.open(graph)) {
        store.load(session, weights);
        return fetch(session, logits);
      }
    }
  }

  private static float[] served(SegmentationModel model, Weights weights, ServingForm form) {
    try (Graph built = new Graph()) {
      Ops tf = Ops.create(built);
      boolean fused = form != ServingForm.PLAIN_FLOAT32;
      tf.withName("logits")
          .identity(model.build(new FrozenLayers(tf, weights, fused), image(tf)).logits());
      try (Graph graph = form.imported(built, Set.of(), Set.of());
          Session session = Sessions.open(graph)) {
        return fetch(session, graph.operation("logits").output(0));
      }
    }
  }

  private static float[] fetch(Session session, Operand<TFloat32> logits) {
    try (Result result = session.runner().fetch(logits).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[(int) tensor.size()];
      tensor.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }
}

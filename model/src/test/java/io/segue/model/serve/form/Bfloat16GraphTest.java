package io.segue.model.serve.form;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.golden.Filler;
import io.segue.model.golden.Sessions;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.network.SegmentationModel;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;

/** The conversion by itself, on plain operations, whose bfloat16 kernels run everywhere. */
class Bfloat16GraphTest {
  private static final Shape IMAGE = Shape.of(1, 128, 128, 3);

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        backbone: {type: mobilenet, mobilenet: {filter_size_scale: 0.25, output_stride: 8,
                   output_intermediate_endpoints: true}}
        decoder: {type: aspp, aspp: {level: 3, dilation_rates: [2, 3], num_filters: 8}}
        head: {level: 3, num_convs: 1, num_filters: 8, feature_fusion: deeplabv3plus,
               low_level: 2/depthwise, low_level_num_filters: 8}
        """,
        """
        backbone: {type: resnet, resnet: {model_id: 10, depth_multiplier: 0.25, se_ratio: 0.25}}
        decoder: {type: fpn, fpn: {num_filters: 8}}
        head: {level: 3, num_convs: 1, num_filters: 8, feature_fusion: pyramid_fusion}
        norm_activation: {activation: swish}
        """
      })
  void theLogitsAreThoseOfFloat32WithinWhatBfloat16Resolves(String network) {
    SegmentationModel model =
        SegmentationModel.of(SegmentationModelConfig.parse("num_classes: 5\n" + network));
    Weights weights = Filler.weights(model.weights(128, 128), 1.5);
    GraphDef plain;
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      TFloat32 image =
          TFloat32.tensorOf(IMAGE, DataBuffers.of(Filler.input("image", IMAGE, -2, 2)));
      try (image) {
        tf.withName("logits")
            .identity(
                model
                    .build(
                        new FrozenLayers(tf, weights),
                        tf.withName("input").identity(tf.constantOf(image)))
                    .logits());
      }
      plain = graph.toGraphDef();
    }
    GraphDef narrow = Bfloat16Graph.of(plain, Set.of("input"), Set.of("logits"));
    // All that the logits depend on; a backbone ends in a map that some heads do not use.
    assertThat(narrow.getNodeList())
        .filteredOn(it -> it.getOp().contains("Conv"))
        .filteredOn(it -> it.getAttrOrThrow("T").getType() == DataType.DT_FLOAT)
        .hasSizeLessThan(4);
    float[] wanted = logits(plain);
    float[] given = logits(narrow);
    double largest = 0;
    double squares = 0;
    for (int i = 0; i < wanted.length; i++) {
      largest = Math.max(largest, Math.abs(wanted[i]));
      squares += (wanted[i] - given[i]) * (wanted[i] - given[i]);
    }
    // 8 bits, rounded some fifty times over: one percent, give or take.
    assertThat(Math.sqrt(squares / wanted.length)).isBetween(1e-7 * largest, 0.03 * largest);
  }

  private static float[] logits(GraphDef definition) {
    try (Graph graph = new Graph()) {
      graph.importGraphDef(definition);
      try (Session session = Sessions.open(graph);
          Result result = session.runner().fetch("logits").run()) {
        return Weights.Tensor.copyOf((TFloat32) result.get(0)).values();
      }
    }
  }

  @Test
  void roundsToTheNearestAndOfTwoToTheEvenOne() {
    float half = Float.intBitsToFloat(0x3f808000);
    float oddHalf = Float.intBitsToFloat(0x3f818000);
    assertThat(rounded(1, half, Math.nextUp(half), oddHalf, -0.0f, Float.NaN))
        .containsExactly(
            (short) 0x3f80,
            (short) 0x3f80,
            (short) 0x3f81,
            (short) 0x3f82,
            (short) 0x8000,
            (short) 0x7fc0);
  }

  private static short[] rounded(float... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setTensorShape(
                TensorShapeProto.newBuilder()
                    .addDim(TensorShapeProto.Dim.newBuilder().setSize(values.length)));
    for (float value : values) {
      tensor.addFloatVal(value);
    }
    ShortBuffer bits =
        Bfloat16Graph.rounded(tensor.build())
            .getTensorContent()
            .asReadOnlyByteBuffer()
            .order(ByteOrder.nativeOrder())
            .asShortBuffer();
    short[] copy = new short[values.length];
    bits.get(copy);
    return copy;
  }
}

package io.segue.model.serve.form;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.proto.NodeDef;

/** TensorFlow's internal fused operations are as Segue expects them. */
class FusedOpsTest {
  /** Within 1e-5 of the largest value: sums of 216 products in another order. */
  @Test
  void theyGiveWhatThePlainOperationsGive() {
    assertThat(FormTrial.run(ServingForm.FUSED_FLOAT32)).isEmpty();
  }

  @Test
  void aConvolutionWithAllThatBelongsToItIsOneOfThem() {
    Map<String, Long> counts;
    try (Graph graph = FormTrial.graph(ServingForm.FUSED_FLOAT32)) {
      counts =
          graph.toGraphDef().getNodeList().stream()
              .map(NodeDef::getOp)
              .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }
    // Twelve convolutions and five depthwise ones; neither a sum nor a depthwise convolution takes
    // swish behind it.
    assertThat(counts)
        .containsEntry("_MklNativeFusedConv2D", 12L)
        .containsEntry("_MklNativeFusedDepthwiseConv2dNative", 5L)
        .containsEntry("_MklSwish", 2L)
        .containsOnlyKeys(
            "_MklNativeFusedConv2D",
            "_MklNativeFusedDepthwiseConv2dNative",
            "_MklSwish",
            "Const",
            "Identity");
  }
}

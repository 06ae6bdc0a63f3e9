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
    assertThat(FormTrial.run(ServingForm.MIXED_FLOAT32)).isEmpty();
  }

  @Test
  void aConvolutionWithAllThatBelongsToItIsOneOfThem() {
    Map<String, Long> counts = operations(ServingForm.FUSED_FLOAT32);
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
            "Identity",
            "Placeholder");
  }

  @Test
  void inTheMixedFormConvolutionsOfSeveralPixelsAreTensorFlowsOwn() {
    // Eight of the twelve; they take neither a sum nor swish behind them.
    assertThat(operations(ServingForm.MIXED_FLOAT32))
        .containsEntry("_FusedConv2D", 8L)
        .containsEntry("_MklNativeFusedConv2D", 4L)
        .containsEntry("_MklNativeFusedDepthwiseConv2dNative", 5L)
        .containsEntry("_MklSwish", 3L)
        .containsEntry("Add", 2L)
        .containsEntry("Relu6", 1L);
  }

  private static Map<String, Long> operations(ServingForm form) {
    try (Graph graph = FormTrial.graph(form)) {
      return graph.toGraphDef().getNodeList().stream()
          .map(NodeDef::getOp)
          .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }
  }
}

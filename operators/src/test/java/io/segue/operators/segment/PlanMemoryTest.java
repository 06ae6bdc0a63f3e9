package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.network.SegmentationModel;
import io.segue.model.serve.FrozenGraph;
import io.segue.model.serve.ServingModels;
import io.segue.operators.admit.FrameLimits;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AllocationRecord;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.StepStats;
import org.tensorflow.types.TUint8;

class PlanMemoryTest {
  private static final Plan SIX_BRANCHES = Plan.parse("s0.5+1+1.5+flip-PROBABILITIES");
  private static final long LAYER_BYTES = 400;

  private static ModelSpec spec(int classes, int height, int width) {
    return new ModelSpec(
        "road",
        SegmentationModelConfig.parse(
            """
            num_classes: %d
            backbone:
              type: mobilenet
              mobilenet: {filter_size_scale: 0.1, output_stride: 16}
            decoder: {type: aspp, aspp: {dilation_rates: [2], num_filters: 8}}
            head: {level: 4, num_convs: 1, num_filters: 8}
            """
                .formatted(classes)),
        height,
        width,
        new Taxonomy(
            "test",
            1,
            IntStream.range(0, classes).mapToObj(i -> new TaxonomyClass("class" + i, i)).toList(),
            255));
  }

  @Test
  void oneBranchMakesNoMapsOfTheFramesSize() {
    // The layers, and for each pixel three bytes that TensorFlow is fed and one of the mask.
    assertThat(PlanMemory.bytes(spec(19, 360, 480), Plan.SINGLE, 4, 1000, 100))
        .isEqualTo(4 * (360 * 480 * LAYER_BYTES + 4 * 100_000));
  }

  @Test
  void branchesAddUpAndSoDoTheirMapsOfProbabilities() {
    // Scales squared and both directions: 2 × (0.25 + 1 + 2.25) times the layers of one branch.
    assertThat(PlanMemory.bytes(spec(19, 360, 480), SIX_BRANCHES, 1, 1000, 100))
        .isEqualTo(7 * 360 * 480 * LAYER_BYTES + 4 * 100_000 + 7 * 19 * 4 * 100_000);
  }

  @Test
  void meansOfLogitsMakeNoMapsOfTheFramesSize() {
    Plan logits = Plan.parse("s0.5+1+1.5+flip-LOGITS");
    assertThat(PlanMemory.bytes(spec(19, 360, 480), logits, 1, 1000, 100))
        .isEqualTo(7 * 360 * 480 * LAYER_BYTES + 4 * 100_000);
  }

  @Test
  void countsTheLayersOfASavedModelInTheFramesSizeWhereThatIsLarger() {
    Taxonomy taxonomy = spec(19, 360, 480).taxonomy();
    ModelSpec asItIs = ModelSpec.ofSavedModel("road", 360, 480, taxonomy);
    assertThat(PlanMemory.bytes(asItIs, Plan.SINGLE, 1, 1000, 500))
        .isEqualTo(500_000 * (LAYER_BYTES + 4));
    assertThat(PlanMemory.bytes(asItIs, Plan.SINGLE, 1, 100, 100))
        .isEqualTo(360 * 480 * LAYER_BYTES + 4 * 10_000);
  }

  @Test
  void takesEightKUnderTheSinglePlanByDefault() {
    long bytes = PlanMemory.bytes(spec(19, 1024, 2048), Plan.SINGLE, 1, 7680, 4320);
    assertThat(FrameLimits.DEFAULT.maxPixels()).isGreaterThanOrEqualTo(7680 * 4320);
    assertThat(bytes).isLessThan(ServingOptions.DEFAULT.maxPlanBytes());
  }

  @Test
  void twoFullBatchesFitBesideEachOtherByDefault() {
    ServingOptions options = ServingOptions.DEFAULT;
    ScriptedModel model = new ScriptedModel(ScriptedModel.TAXONOMY, 480);
    assertThat(options.batchSize(model, Plan.SINGLE, 480, 360)).isEqualTo(4);
    assertThat(2 * PlanMemory.bytes(model.spec(), Plan.SINGLE, 4, 480, 360))
        .isLessThan(options.maxPlanBytes());
  }

  /**
   * Where frames are much larger than the network's input the maps decide. What TensorFlow really
   * held comes from its own record of each allocation in the step.
   */
  @Test
  void boundsWhatTensorFlowHoldsUnderAPlanOfSixBranches() {
    int side = 320;
    ModelSpec spec = spec(19, 48, 64);
    long peak = peakBytes(spec, SIX_BRANCHES, side, side);
    long estimate = PlanMemory.bytes(spec, SIX_BRANCHES, 1, side, side);
    assertThat(peak).isBetween(estimate / 2, estimate);
  }

  private static long peakBytes(ModelSpec spec, Plan plan, int height, int width) {
    FrozenGraph frozen = ServingModels.freeze(spec, zeros(spec), plan);
    try (Graph graph = new Graph();
        TUint8 frames = TUint8.tensorOf(Shape.of(1, height, width, 3))) {
      graph.importGraphDef(frozen.definition());
      try (Session session = new Session(graph)) {
        Session.Runner runner =
            session
                .runner()
                .setOptions(
                    RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build())
                .feed(FrozenGraph.FRAMES, frames)
                .fetch(FrozenGraph.MASKS);
        try (Result result = runner.runAndFetchMetadata()) {
          return peakBytes(result.getMetadata().orElseThrow().getStepStats());
        }
      }
    }
  }

  private static long peakBytes(StepStats stats) {
    List<AllocationRecord> records =
        stats.getDevStatsList().stream()
            .flatMap(device -> device.getNodeStatsList().stream())
            .flatMap(node -> node.getMemoryList().stream())
            .flatMap(memory -> memory.getAllocationRecordsList().stream())
            .sorted(Comparator.comparingLong(AllocationRecord::getAllocMicros))
            .toList();
    long held = 0;
    long peak = 0;
    for (AllocationRecord record : records) {
      held += record.getAllocBytes();
      peak = Math.max(peak, held);
    }
    return peak;
  }

  private static Weights zeros(ModelSpec spec) {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    SegmentationModel.of(spec.network())
        .weights(spec.inputHeight(), spec.inputWidth())
        .forEach(
            (key, shape) -> {
              float[] values = new float[Math.toIntExact(shape.size())];
              Arrays.fill(values, 0.01f);
              tensors.put(key, new Weights.Tensor(shape, values));
            });
    return Weights.of(tensors);
  }
}

package io.segue.model.serve;

import io.segue.model.config.Averaging;
import io.segue.model.config.Plan;
import io.segue.model.serve.form.GraphNodes;
import io.segue.model.serve.openvino.CompiledGraph;
import io.segue.model.serve.openvino.OpenVino;
import io.segue.model.serve.openvino.OpenVinoPrecision;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * The frozen graph of one model and one plan as OpenVINO runs it. As in {@link PlanGraph} it gives
 * the small logits, and masks only where probabilities are averaged; what pixel scores need beside
 * that is compiled when they are first asked for. Thread-safe.
 */
final class OpenVinoGraph implements CompiledPlan {
  private static final int CHANNELS = 3;

  private final OpenVino openVino;
  private final OpenVinoPrecision precision;
  private final GraphDef graph;
  private final int classes;
  private final int branches;
  private final boolean averagesLogits;
  private final CompiledGraph masks;
  private @Nullable CompiledGraph scores;

  /**
   * @param frozen the graph of {@code plan} in TensorFlow's public operations
   */
  OpenVinoGraph(
      OpenVino openVino, OpenVinoPrecision precision, FrozenGraph frozen, Plan plan, int classes) {
    this.openVino = openVino;
    this.precision = precision;
    this.graph = frozen.definition();
    this.classes = classes;
    branches = plan.branches();
    averagesLogits = PlanBranches.givesLogits(plan);
    List<String> outputs = new ArrayList<>();
    IntStream.range(0, branches).mapToObj(FrozenGraph::logits).forEach(outputs::add);
    if (!averagesLogits) {
      outputs.add(FrozenGraph.MASKS);
    }
    masks = compiled(withLogitsAsEnds(GraphNodes.neededFor(graph, outputs)));
  }

  /** The outputs of a graph are its ends for OpenVINO, but means are made of the logits. */
  private GraphDef withLogitsAsEnds(GraphDef definition) {
    AttrValue float32 = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
    GraphDef.Builder ended = definition.toBuilder();
    for (int i = 0; i < branches; i++) {
      ended.addNode(
          NodeDef.newBuilder()
              .setName(logitsEnd(i))
              .setOp("Identity")
              .addInput(FrozenGraph.logits(i))
              .putAttr("T", float32));
    }
    return ended.build();
  }

  private static String logitsEnd(int branch) {
    return FrozenGraph.logits(branch) + "_end";
  }

  private CompiledGraph compiled(GraphDef definition) {
    return openVino.compile(definition.toByteArray(), precision);
  }

  @Override
  public Segmentation run(ByteBuffer rgb, int batch, int height, int width) {
    return masks.run(
        rgb,
        new long[] {batch, height, width, CHANNELS},
        outputs -> {
          List<LogitsUpsampling.Branch> small =
              IntStream.range(0, branches).mapToObj(i -> branch(outputs, i)).toList();
          if (averagesLogits) {
            return new LogitsUpsampling(batch, height, width, classes).masks(small);
          }
          SampledScores sampled =
              SampledScores.of(batch, height, width, classes, small, Averaging.PROBABILITIES);
          return new MaskBatch(outputs.bytes(FrozenGraph.MASKS), sampled, height * width);
        });
  }

  private static LogitsUpsampling.Branch branch(CompiledGraph.Outputs outputs, int index) {
    String name = logitsEnd(index);
    long[] shape = outputs.shape(name);
    return new LogitsUpsampling.Branch(outputs.floats(name), (int) shape[1], (int) shape[2]);
  }

  @Override
  public PixelScores pixelScores(ByteBuffer rgb, int batch, int height, int width) {
    return scores()
        .run(
            rgb,
            new long[] {batch, height, width, CHANNELS},
            outputs ->
                new PixelScores(
                    batch,
                    height * width,
                    classes,
                    outputs.floats(FrozenGraph.PROBABILITIES),
                    outputs.floats(FrozenGraph.ENTROPIES),
                    outputs.floats(FrozenGraph.GAPS),
                    outputs.floats(FrozenGraph.VARIANCES)));
  }

  private synchronized CompiledGraph scores() {
    CompiledGraph ready = scores;
    if (ready == null) {
      ready = compiled(GraphNodes.neededFor(graph, FrozenGraph.PIXEL_SCORES));
      scores = ready;
    }
    return ready;
  }

  @Override
  public synchronized void close() {
    masks.close();
    if (scores != null) {
      scores.close();
    }
  }
}

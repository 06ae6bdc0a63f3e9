package io.segue.model.serve;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.Averaging;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.layer.Layers;
import io.segue.model.layer.Resampling;
import io.segue.model.network.SegmentationModel;
import io.segue.model.serve.openvino.CompiledGraph;
import io.segue.model.serve.openvino.OpenVino;
import io.segue.model.serve.openvino.OpenVinoPrecision;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * One plan of one model as OpenVINO runs it: TensorFlow describes the graph, without fused or
 * oneDNN operations, and OpenVINO does the rest. As in {@link PlanGraph} it gives the small logits,
 * and masks only where probabilities are averaged. Thread-safe.
 */
final class OpenVinoGraph implements AutoCloseable {
  private static final String LOGITS = "logits_";
  private static final String PROBABILITIES = "probabilities";
  private static final String VARIANCE = "variance";
  private static final int CHANNELS = 3;

  /** What a graph is asked for. */
  enum Task {
    /** The class of each pixel. */
    MASKS,
    /** What {@link PixelScores} holds. */
    SCORES
  }

  private final CompiledGraph compiled;
  private final int branches;
  private final boolean givesLogits;
  private final int classes;

  OpenVinoGraph(
      OpenVino openVino,
      OpenVinoPrecision precision,
      ModelSpec spec,
      Weights weights,
      Plan plan,
      Task task) {
    classes = spec.taxonomy().size();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      SegmentationModel model = SegmentationModel.of(spec.network());
      PlanBranches branch =
          new PlanBranches(
              tf, plan, spec.inputHeight(), spec.inputWidth(), model.backbone().stride());
      givesLogits = branch.givesLogits();
      Layers layers = new FrozenLayers(tf, weights);
      Placeholder<TUint8> frames =
          tf.withName(FrozenGraph.FRAMES)
              .placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, -1, CHANNELS)));
      List<Operand<TFloat32>> logits =
          branch.logits(frames, x -> model.build(layers, PlanGraph.normalised(tf, x)).logits());
      branches = logits.size();
      Operand<TInt32> size = Resampling.size(tf, frames);
      List<String> outputs = new ArrayList<>();
      if (task == Task.SCORES) {
        Operand<TFloat32> mean = branch.predict(logits, size);
        tf.withName(PROBABILITIES).identity(givesLogits ? tf.nn.softmax(mean) : mean);
        outputs.add(PROBABILITIES);
        if (branches > 1) {
          tf.withName(VARIANCE).identity(branch.variance(logits, size));
          outputs.add(VARIANCE);
        }
      } else {
        for (Operand<TFloat32> each : logits) {
          tf.withName(LOGITS + outputs.size()).identity(each);
          outputs.add(LOGITS + outputs.size());
        }
        if (!givesLogits) {
          Operand<TFloat32> mean = branch.predict(logits, size);
          Operand<TInt32> best = tf.math.argMax(mean, tf.constant(3), TInt32.class);
          tf.withName(FrozenGraph.MASKS).dtypes.cast(best, TUint8.class);
          outputs.add(FrozenGraph.MASKS);
        }
      }
      GraphDef needed = GraphAncestors.of(graph.toGraphDef(), outputs);
      compiled = openVino.compile(needed.toByteArray(), precision);
    }
  }

  Segmentation run(ByteBuffer rgb, int batch, int height, int width) {
    return compiled.run(
        rgb,
        new long[] {batch, height, width, CHANNELS},
        outputs -> {
          List<LogitsUpsampling.Branch> small =
              IntStream.range(0, branches).mapToObj(i -> branch(outputs, LOGITS + i)).toList();
          if (givesLogits) {
            return new LogitsUpsampling(batch, height, width, classes).masks(small);
          }
          SampledScores scores =
              SampledScores.of(batch, height, width, classes, small, Averaging.PROBABILITIES);
          return new MaskBatch(outputs.bytes(FrozenGraph.MASKS), scores, height * width);
        });
  }

  private static LogitsUpsampling.Branch branch(CompiledGraph.Outputs outputs, String name) {
    long[] shape = outputs.shape(name);
    return new LogitsUpsampling.Branch(outputs.floats(name), (int) shape[1], (int) shape[2]);
  }

  /** What {@link #run} would decide from. */
  PixelScores pixelScores(ByteBuffer rgb, int batch, int height, int width) {
    return compiled.run(
        rgb,
        new long[] {batch, height, width, CHANNELS},
        outputs -> {
          float[] values = outputs.floats(PROBABILITIES);
          ClassProbabilities probabilities = new ClassProbabilities(values, classes);
          float[] variance =
              branches > 1 ? outputs.floats(VARIANCE) : new float[values.length / classes];
          return new PixelScores(
              batch,
              height * width,
              classes,
              values,
              probabilities.entropies(),
              probabilities.gaps(),
              variance);
        });
  }

  @Override
  public void close() {
    compiled.close();
  }
}

package io.segue.model.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.config.Averaging;
import io.segue.model.config.Plan;
import io.segue.model.golden.NpyArray;
import io.segue.model.golden.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Runs {@link PlanBranches} on the network of the multi-scale fixtures. */
public final class BranchesProbe {
  private BranchesProbe() {}

  /** The averaged probabilities or logits of one variant, in C order. */
  public static float[] mean(Map<String, NpyArray> tensors, JsonNode variant) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> image = constant(tf, tensors.get("image"));
      Operand<TFloat32> kernel = constant(tf, tensors.get("kernel"));
      Operand<TFloat32> bias = constant(tf, tensors.get("bias"));
      int height = (int) image.shape().get(1);
      int width = (int) image.shape().get(2);
      List<Double> scales = new ArrayList<>();
      variant.path("scales").forEach(it -> scales.add(it.asDouble()));
      Averaging averaging =
          Averaging.valueOf(variant.path("mode").asText().toUpperCase(Locale.ROOT));
      Plan plan = new Plan(scales, variant.path("mirror").asBoolean(), averaging);
      PlanBranches branches = new PlanBranches(tf, plan, height, width, 2);
      Operand<TFloat32> mean =
          branches.predict(
              branches.logits(
                  image,
                  x ->
                      tf.nn.biasAdd(
                          tf.nn.conv2d(x, kernel, List.of(1L, 2L, 2L, 1L), "SAME"), bias)),
              tf.constant(new int[] {height, width}));
      boolean bareLogits = branches.givesLogits() && averaging == Averaging.PROBABILITIES;
      Operand<TFloat32> result = bareLogits ? tf.nn.softmax(mean) : mean;
      try (Session session = Sessions.open(graph);
          Result values = session.runner().fetch(result).run()) {
        float[] copy = new float[(int) ((TFloat32) values.get(0)).size()];
        ((TFloat32) values.get(0)).asRawTensor().data().asFloats().read(copy);
        return copy;
      }
    }
  }

  private static Operand<TFloat32> constant(Ops tf, NpyArray array) {
    return tf.constant(array.shape(), DataBuffers.of(array.floats()));
  }
}

package io.segue.model.serve.form;

import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphDef;

/** How the graph of a network that Segue built is written for serving. */
public enum ServingForm {
  /**
   * TensorFlow's public operations in float32: runs on every processor. Convolution, bias and
   * activation are joined by TensorFlow itself, where it can.
   */
  PLAIN_FLOAT32,

  /**
   * oneDNN's fused operations in float32, written into the graph: sums of residual blocks, dilated
   * depthwise convolutions and swish are single operations. Needs a TensorFlow with oneDNN.
   */
  FUSED_FLOAT32,

  /**
   * The same, but convolutions of more than one pixel are TensorFlow's own fused ones, which gather
   * the pixels and multiply two matrices: a third faster than oneDNN's on AVX2. Needs a TensorFlow
   * that does not hand these to oneDNN by itself.
   */
  MIXED_FLOAT32,

  /**
   * oneDNN's fused operations in bfloat16 from the network's input to its logits, which halves what
   * is read and written and doubles what is multiplied. Up to a percent of the pixels may differ.
   * Needs a processor that multiplies bfloat16; on another the process dies.
   */
  FUSED_BFLOAT16;

  /** The form in which models serve on this processor; tried out on the first call. */
  public static ServingForm best(Precision precision) {
    return FormChoice.best(precision);
  }

  /**
   * A new graph: {@code plain} in this form.
   *
   * @param plain frozen, with the dilation of depthwise convolutions as an attribute; stays open
   * @param inputs names of the nodes where a fused form begins
   * @param outputs names of the nodes where it ends
   */
  public Graph imported(Graph plain, Set<String> inputs, Set<String> outputs) {
    GraphDef definition =
        switch (this) {
          case PLAIN_FLOAT32 -> plain.toGraphDef();
          case FUSED_FLOAT32 -> GraphFusion.fused(plain, false);
          case MIXED_FLOAT32 -> GraphFusion.fused(plain, true);
          case FUSED_BFLOAT16 -> Bfloat16Graph.of(GraphFusion.fused(plain, false), inputs, outputs);
        };
    Graph graph = new Graph();
    boolean done = false;
    try {
      graph.importGraphDef(definition);
      done = true;
      return graph;
    } finally {
      if (!done) {
        graph.close();
      }
    }
  }

  /** TensorFlow's own rewriting finds nothing more in a fused graph, and takes most of a load. */
  static ConfigProto unoptimised(ConfigProto config) {
    ConfigProto.Builder changed = config.toBuilder();
    changed.getGraphOptionsBuilder().getRewriteOptionsBuilder().setDisableMetaOptimizer(true);
    return changed.build();
  }

  /** How a session runs a graph in this form, where {@code config} is how it runs a plain one. */
  public ConfigProto config(ConfigProto config) {
    return this == PLAIN_FLOAT32 ? config : unoptimised(config);
  }
}

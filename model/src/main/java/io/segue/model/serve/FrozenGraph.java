package io.segue.model.serve;

import java.util.List;
import org.tensorflow.proto.GraphDef;

/**
 * The graph with which a model serves one plan, all weights constants: for a runtime of one's own,
 * or to measure what lies around it.
 *
 * @param definition the graph; its operations are named by the constants of this class
 */
public record FrozenGraph(GraphDef definition) {
  /** Input: uint8 {@code [batch, height, width, 3]}, RGB. */
  public static final String FRAMES = "frames";

  /** Output: class indices, uint8 {@code [batch, height, width]}. */
  public static final String MASKS = "masks";

  /** Output: mean gap between the two largest probabilities, float32 {@code [batch]}. */
  public static final String MARGINS = "margins";

  /**
   * Output: float32 {@code [batch, height, width, classes]}; logits where the plan has one branch
   * or averages logits, else probabilities.
   */
  public static final String SCORES = "scores";

  static final String PROBABILITIES = "probabilities";
  static final String ENTROPIES = "entropies";
  static final String GAPS = "gaps";
  static final String VARIANCES = "variances";

  /** Outputs at the frames' size: what {@link PixelScores} holds, in its order. */
  static final List<String> PIXEL_SCORES = List.of(PROBABILITIES, ENTROPIES, GAPS, VARIANCES);

  /** Output: float32 logits of a branch of the plan, at the size that the network gives. */
  static String logits(int branch) {
    return "logits" + branch;
  }
}

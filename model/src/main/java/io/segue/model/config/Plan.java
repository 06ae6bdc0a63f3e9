package io.segue.model.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one frame is inferred. Each scale, and with {@code flip} also its mirror image, is one
 * branch; all branches weigh the same.
 *
 * @param scales factors of the network's input size, at least one, each above 0 and at most 8, none
 *     twice; compared exactly
 * @param flip whether each scale also runs on the frame mirrored left to right
 * @param averaging how branches are averaged
 */
public record Plan(List<Double> scales, boolean flip, Averaging averaging) {
  /** One branch: the frame as it is. */
  public static final Plan SINGLE = new Plan(List.of(1.0), false, Averaging.PROBABILITIES);

  private static final double LARGEST_SCALE = 8;

  public Plan {
    scales = List.copyOf(scales);
    if (scales.isEmpty()) {
      throw new ConfigException("a plan has no scales; write 1 for the frame as it is");
    }
    for (double scale : scales) {
      if (!(scale > 0 && scale <= LARGEST_SCALE)) {
        throw new ConfigException(
            "plan: scale %s is outside 0 (excluded) to %s".formatted(scale, LARGEST_SCALE));
      }
    }
    if (scales.stream().distinct().count() != scales.size()) {
      throw new ConfigException("plan: a scale of %s is listed twice".formatted(scales));
    }
  }

  /** The number of times the network runs on a frame. */
  public int branches() {
    return scales.size() * (flip ? 2 : 1);
  }

  /**
   * The plan as a short text, such as {@code s1} or {@code s0.5+1+flip-PROBABILITIES}; {@link
   * #parse} reads it back. A single branch averaged over probabilities carries no suffix.
   */
  public String id() {
    StringBuilder id = new StringBuilder("s");
    for (int i = 0; i < scales.size(); i++) {
      String digits = BigDecimal.valueOf(scales.get(i)).stripTrailingZeros().toPlainString();
      id.append(i == 0 ? "" : "+").append(digits);
    }
    if (flip) {
      id.append("+flip");
    }
    if (branches() > 1 || averaging != Averaging.PROBABILITIES) {
      id.append('-').append(averaging);
    }
    return id.toString();
  }

  /**
   * Reads what {@link #id} wrote.
   *
   * @throws ConfigException where {@code id} is no plan
   */
  public static Plan parse(String id) {
    if (!id.startsWith("s")) {
      throw notAPlan(id, null);
    }
    int dash = id.indexOf('-');
    String branches = id.substring(1, dash < 0 ? id.length() : dash);
    List<Double> scales = new ArrayList<>();
    boolean flip = false;
    try {
      for (String part : branches.split("\\+", -1)) {
        if (part.equals("flip")) {
          flip = true;
        } else {
          scales.add(Double.valueOf(part));
        }
      }
      Averaging averaging =
          dash < 0 ? Averaging.PROBABILITIES : Averaging.valueOf(id.substring(dash + 1));
      return new Plan(scales, flip, averaging);
    } catch (ConfigException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw notAPlan(id, e);
    }
  }

  private static ConfigException notAPlan(String id, @Nullable Throwable cause) {
    String message =
        "'%s' is not a plan; write one as s1 or s0.5+1+flip-PROBABILITIES".formatted(id);
    return cause == null ? new ConfigException(message) : new ConfigException(message, cause);
  }
}

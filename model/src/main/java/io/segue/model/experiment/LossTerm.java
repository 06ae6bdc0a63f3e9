package io.segue.model.experiment;

import java.util.Map;
import java.util.Optional;

/**
 * One summand of the loss.
 *
 * @param type {@code segmentation} (the options are those of the section {@code losses} itself),
 *     {@code focal}, {@code dice}, {@code lovasz}, or the type of a {@link
 *     io.segue.model.loss.LossProvider}
 * @param weight its factor; 1 where absent
 * @param options what the loss reads
 */
public record LossTerm(String type, Optional<Double> weight, Map<String, Object> options) {
  public LossTerm {
    options = options == null ? Map.of() : Map.copyOf(options);
  }
}

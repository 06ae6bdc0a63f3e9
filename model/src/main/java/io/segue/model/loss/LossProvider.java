package io.segue.model.loss;

import java.util.Map;

/**
 * Makes a loss of one's own, named in the configuration as {@code losses: {terms: [{type: T,
 * options: {…}}]}}. Register the implementation as a {@link java.util.ServiceLoader} service.
 */
public interface LossProvider {
  /** The type under which the configuration names it. */
  String type();

  /**
   * Makes the loss.
   *
   * @param options what stands under {@code options}
   * @param classes number of classes
   * @param ignoreLabel label of pixels that do not count
   * @throws io.segue.model.config.ConfigException for options that it does not know
   */
  Loss create(Map<String, Object> options, int classes, int ignoreLabel);
}

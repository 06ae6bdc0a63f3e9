package io.segue.model.backbone;

import io.segue.model.config.NormActivationConfig;
import java.util.Map;

/**
 * Makes a backbone of one's own, named in the configuration as {@code backbone: {type: T, T: {…}}}.
 * Register the implementation as a {@link java.util.ServiceLoader} service.
 */
public interface BackboneProvider {
  /** The type under which the configuration names it. */
  String type();

  /**
   * Makes the backbone.
   *
   * @param options what stands under the type
   * @throws io.segue.model.config.ConfigException for options that it does not know
   */
  Backbone create(Map<String, Object> options, NormActivationConfig normActivation);
}

package io.segue.model.head;

import io.segue.model.config.SegmentationModelConfig;
import java.util.Map;

/**
 * Makes a head of one's own, named in the configuration as {@code head: {type: T, options: {…}}}.
 * Register the implementation as a {@link java.util.ServiceLoader} service.
 */
public interface HeadProvider {
  /** The type under which the configuration names it. */
  String type();

  /**
   * Makes the head.
   *
   * @param options what stands under {@code options}
   * @param model the whole network's configuration
   * @throws io.segue.model.config.ConfigException for options that it does not know
   */
  Head create(Map<String, Object> options, SegmentationModelConfig model);
}

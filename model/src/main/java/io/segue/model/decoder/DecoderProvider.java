package io.segue.model.decoder;

import io.segue.model.config.SegmentationModelConfig;
import java.util.Map;

/**
 * Makes a decoder of one's own, named in the configuration as {@code decoder: {type: T, T: {…}}}.
 * Register the implementation as a {@link java.util.ServiceLoader} service.
 */
public interface DecoderProvider {
  /** The type under which the configuration names it. */
  String type();

  /**
   * Makes the decoder.
   *
   * @param options what stands under the type
   * @param model the whole network's configuration
   * @throws io.segue.model.config.ConfigException for options that it does not know
   */
  Decoder create(Map<String, Object> options, SegmentationModelConfig model);
}

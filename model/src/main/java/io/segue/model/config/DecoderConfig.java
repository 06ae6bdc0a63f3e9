package io.segue.model.config;

import java.util.Map;

/**
 * Which decoder, and its options: {@code decoder: {type: T, T: {…}}}. The reference's own types are
 * {@code identity}, {@code fpn}, {@code nasfpn} and {@code aspp}; any other type is a {@link
 * Custom} one that a library on the class path provides.
 */
public sealed interface DecoderConfig
    permits DecoderConfig.Identity, FpnConfig, NasFpnConfig, AsppConfig, DecoderConfig.Custom {
  /** The name under {@code type}. */
  String type();

  /** No decoder: the head works on the backbone's features. */
  record Identity() implements DecoderConfig {
    @Override
    public String type() {
      return "identity";
    }
  }

  /**
   * A decoder that is not the reference's own.
   *
   * @param type the name under which its provider is found
   * @param options what stands under that name; the provider reads it
   */
  record Custom(String type, Map<String, Object> options) implements DecoderConfig {
    public Custom {
      options = Map.copyOf(options);
    }
  }
}

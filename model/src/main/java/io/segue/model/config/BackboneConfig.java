package io.segue.model.config;

/**
 * Which backbone, and its options: {@code backbone: {type: T, T: {…}}}. The reference's own types
 * are {@code resnet}, {@code dilated_resnet}, {@code efficientnet} and {@code mobilenet}; any other
 * type is a {@link Custom} one that a library on the class path provides.
 */
public sealed interface BackboneConfig
    permits ResNetConfig,
        DilatedResNetConfig,
        EfficientNetConfig,
        MobileNetConfig,
        BackboneConfig.Custom {
  /** The name under {@code type}. */
  String type();

  /**
   * A backbone that is not the reference's own.
   *
   * @param type the name under which its provider is found
   * @param options what stands under that name; the provider reads it
   */
  record Custom(String type, java.util.Map<String, Object> options) implements BackboneConfig {
    public Custom {
      options = java.util.Map.copyOf(options);
    }
  }
}

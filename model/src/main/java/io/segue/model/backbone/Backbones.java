package io.segue.model.backbone;

import io.segue.model.config.BackboneConfig;
import io.segue.model.config.ConfigException;
import io.segue.model.config.DilatedResNetConfig;
import io.segue.model.config.EfficientNetConfig;
import io.segue.model.config.MobileNetConfig;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.config.ResNetConfig;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** Finds the backbone that a configuration names. */
public final class Backbones {
  private Backbones() {}

  /**
   * Makes the backbone.
   *
   * @throws ConfigException if no class has this type, or an option cannot be used
   */
  public static Backbone of(BackboneConfig config, NormActivationConfig normActivation) {
    if (config instanceof ResNetConfig it) {
      return new ResNet(it, normActivation);
    }
    if (config instanceof DilatedResNetConfig it) {
      return new DilatedResNet(it, normActivation);
    }
    if (config instanceof EfficientNetConfig it) {
      return new EfficientNet(it, normActivation);
    }
    if (config instanceof MobileNetConfig it) {
      return new MobileNet(it, normActivation);
    }
    return custom((BackboneConfig.Custom) config, normActivation);
  }

  private static Backbone custom(
      BackboneConfig.Custom config, NormActivationConfig normActivation) {
    if (config.type().equals(ModelSpec.SAVED_MODEL)) {
      throw new ConfigException(
          "backbone.type: '%s' is a network that its SavedModel alone knows: it serves, and cannot be built, trained or exported; describe its parts and import its weights with segue model import"
              .formatted(config.type()));
    }
    TreeSet<String> types =
        new TreeSet<>(List.of("resnet", "dilated_resnet", "efficientnet", "mobilenet"));
    for (BackboneProvider provider : ServiceLoader.load(BackboneProvider.class)) {
      if (provider.type().equals(config.type())) {
        return provider.create(config.options(), normActivation);
      }
      types.add(provider.type());
    }
    throw new ConfigException(
        "backbone.type: '%s' is unknown; there are %s".formatted(config.type(), types));
  }
}

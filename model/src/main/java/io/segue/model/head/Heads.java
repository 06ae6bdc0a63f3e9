package io.segue.model.head;

import io.segue.model.config.ConfigException;
import io.segue.model.config.SegmentationHeadConfig;
import io.segue.model.config.SegmentationModelConfig;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** Finds the head that a configuration names. */
public final class Heads {
  private Heads() {}

  /**
   * Makes the head.
   *
   * @throws ConfigException if no class has this type, or an option cannot be used
   */
  public static Head of(SegmentationModelConfig model) {
    SegmentationHeadConfig config = model.head();
    if (config.type().equals(SegmentationHeadConfig.SEGMENTATION)) {
      return new SegmentationHead(config, model.numClasses(), model.normActivation());
    }
    TreeSet<String> types = new TreeSet<>(List.of(SegmentationHeadConfig.SEGMENTATION));
    for (HeadProvider provider : ServiceLoader.load(HeadProvider.class)) {
      if (provider.type().equals(config.type())) {
        return provider.create(config.options(), model);
      }
      types.add(provider.type());
    }
    throw new ConfigException(
        "head.type: '%s' is unknown; there are %s".formatted(config.type(), types));
  }
}

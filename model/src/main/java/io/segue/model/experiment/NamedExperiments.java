package io.segue.model.experiment;

import io.segue.model.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The reference's registered segmentation experiments, each a configuration of its own. */
public final class NamedExperiments {
  private static final List<String> NAMES =
      List.of(
          "semantic_segmentation",
          "seg_deeplabv3_pascal",
          "seg_deeplabv3plus_pascal",
          "seg_resnetfpn_pascal",
          "mnv2_deeplabv3_pascal",
          "seg_deeplabv3plus_cityscapes",
          "mnv2_deeplabv3_cityscapes",
          "mnv2_deeplabv3plus_cityscapes");

  private NamedExperiments() {}

  /** The names that {@link #yaml} knows. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The configuration of an experiment.
   *
   * @throws ConfigException if there is none of that name
   */
  public static String yaml(String name) {
    if (!NAMES.contains(name)) {
      throw new ConfigException("experiment '%s' is unknown; there are %s".formatted(name, NAMES));
    }
    try (InputStream in = NamedExperiments.class.getResourceAsStream(name + ".yaml")) {
      if (in == null) {
        throw new IllegalStateException("experiment '%s' is not packaged".formatted(name));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("experiment '" + name + "' cannot be read", e);
    }
  }
}

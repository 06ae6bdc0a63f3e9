package io.segue.model.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The ordered classes of a label or mask; it travels with every model and label. A pixel's value is
 * the index of its class.
 *
 * @param id not blank
 * @param version 1 or more; raised whenever the classes change
 * @param classes 1 to 255, names distinct
 * @param ignoreValue the pixel value of what nobody labelled, outside the class indices, 0 to 255
 */
public record Taxonomy(String id, int version, List<TaxonomyClass> classes, int ignoreValue) {
  public Taxonomy {
    classes = List.copyOf(classes);
    if (id.isBlank()) {
      throw new ConfigException("a taxonomy has a blank id; give it one");
    }
    if (version < 1) {
      throw new ConfigException("taxonomy '%s': version %d is below 1".formatted(id, version));
    }
    if (classes.isEmpty() || classes.size() > 255) {
      throw new ConfigException(
          "taxonomy '%s' has %d classes; 1 to 255 fit a mask of bytes"
              .formatted(id, classes.size()));
    }
    if (ignoreValue < classes.size() || ignoreValue > 255) {
      throw new ConfigException(
          "taxonomy '%s': ignore value %d must lie above the last class index %d and below 256"
              .formatted(id, ignoreValue, classes.size() - 1));
    }
    Set<String> seen = new HashSet<>();
    for (TaxonomyClass each : classes) {
      if (!seen.add(each.name())) {
        throw new ConfigException(
            "taxonomy '%s' has two classes named '%s'".formatted(id, each.name()));
      }
    }
  }

  /** The number of classes, without the ignore value. */
  public int size() {
    return classes.size();
  }
}

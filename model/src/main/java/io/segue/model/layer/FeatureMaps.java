package io.segue.model.layer;

import io.segue.model.config.ConfigException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Feature maps {@code [batch, height, width, channels]} by name. The name {@code "L"} is the map of
 * stride 2^L; {@code "L/depthwise"} is an endpoint inside the block that made it.
 */
public final class FeatureMaps {
  private final Map<String, Operand<TFloat32>> maps;
  private final Set<String> unspecified;

  private FeatureMaps(Map<String, Operand<TFloat32>> maps, Set<String> unspecified) {
    this.maps = Collections.unmodifiableMap(new LinkedHashMap<>(maps));
    this.unspecified = Set.copyOf(unspecified);
  }

  /** The given maps, all of which count as levels where they are named so. */
  public static FeatureMaps of(Map<String, Operand<TFloat32>> maps) {
    return new FeatureMaps(maps, Set.of());
  }

  /** The same maps, of which {@code name} is left out of {@link #levels}. */
  public FeatureMaps withoutLevel(String name) {
    return new FeatureMaps(maps, Set.of(name));
  }

  /** All maps by name. */
  public Map<String, Operand<TFloat32>> all() {
    return maps;
  }

  /**
   * The map of a level or endpoint.
   *
   * @throws ConfigException naming those there are
   */
  public Operand<TFloat32> get(String name) {
    Operand<TFloat32> map = maps.get(name);
    if (map == null) {
      throw new ConfigException(
          "there is no feature map '%s'; there are %s".formatted(name, List.copyOf(maps.keySet())));
    }
    return map;
  }

  /** The levels that a pyramid may use, ascending (the reference's {@code output_specs}). */
  public NavigableMap<Integer, Operand<TFloat32>> levels() {
    NavigableMap<Integer, Operand<TFloat32>> levels = numbered();
    unspecified.forEach(name -> levels.remove(Integer.valueOf(name)));
    return levels;
  }

  /** All maps whose name is a number, ascending. */
  public NavigableMap<Integer, Operand<TFloat32>> numbered() {
    NavigableMap<Integer, Operand<TFloat32>> levels = new TreeMap<>();
    maps.forEach(
        (name, map) -> {
          if (name.chars().allMatch(Character::isDigit)) {
            levels.put(Integer.valueOf(name), map);
          }
        });
    return levels;
  }
}

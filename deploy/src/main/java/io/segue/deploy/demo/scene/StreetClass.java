package io.segue.deploy.demo.scene;

import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import java.util.Arrays;
import java.util.Locale;

/** What a pixel of a synthetic street can be. */
public enum StreetClass {
  SKY(0, 0x80C8FF),
  BUILDING(1, 0xA05A50),
  ROAD(2, 0x804080),
  PAVEMENT(3, 0xF423E8),
  TREE(4, 0x3C9A3C),
  CAR(5, 0x0000C8),
  PERSON(6, 0xFFC800);

  private static final int UNLABELLED = 255;

  private final byte index;
  private final int rgb;

  StreetClass(int index, int rgb) {
    this.index = (byte) index;
    this.rgb = rgb;
  }

  /** The class index in masks and labels. */
  public byte index() {
    return index;
  }

  /** Returns the taxonomy {@code street-7} version 1; its classes are those of this enum. */
  public static Taxonomy taxonomy() {
    return new Taxonomy(
        "street-7",
        1,
        Arrays.stream(values())
            .map(c -> new TaxonomyClass(c.name().toLowerCase(Locale.ROOT), c.rgb))
            .toList(),
        UNLABELLED);
  }
}

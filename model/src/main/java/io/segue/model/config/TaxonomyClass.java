package io.segue.model.config;

/**
 * One class of a taxonomy.
 *
 * @param name not blank
 * @param rgb the colour of the class in masks, 0xRRGGBB
 */
public record TaxonomyClass(String name, int rgb) {
  public TaxonomyClass {
    if (name.isBlank()) {
      throw new ConfigException("a class of a taxonomy has a blank name; give it one");
    }
    if (rgb < 0 || rgb > 0xFFFFFF) {
      throw new ConfigException(
          "class '%s': colour %#x is outside 0x000000 to 0xffffff".formatted(name, rgb));
    }
  }
}

package io.segue.model.serve;

import io.segue.model.config.ConfigException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What an exported SavedModel takes and gives; names and meaning are those of the reference's
 * exporter.
 *
 * @param inputType what {@code inputs} is
 * @param batchSize frames a call; empty: any number, which encoded images do not allow
 * @param rescaleOutput logits at the size of the image instead of the network's input; takes one
 *     frame a call
 * @param preserveAspectRatio images are scaled alike in both directions and padded below and on the
 *     right; false stretches them, as Segue's own serving does
 */
public record ExportOptions(
    InputType inputType,
    Optional<Integer> batchSize,
    boolean rescaleOutput,
    boolean preserveAspectRatio) {
  /** Raw pixels, any number of frames a call. */
  public static final ExportOptions DEFAULT =
      new ExportOptions(InputType.IMAGE_TENSOR, Optional.empty(), false, false);

  /** What the signature's input is. */
  public enum InputType {
    /** uint8 {@code [batch, any, any, 3]}, RGB. */
    IMAGE_TENSOR,
    /** string {@code [batch]}: JPEG or PNG; the images of one call have one size. */
    IMAGE_BYTES,
    /** string {@code [batch]}: {@code tf.Example} with {@code image/encoded}. */
    TF_EXAMPLE,
    /** float32 {@code [batch, height, width, 3]}, normalised, at the network's input size. */
    TFLITE;

    /** The type that the reference's exporter calls {@code name}. */
    public static InputType named(String name) {
      return Arrays.stream(values())
          .filter(it -> it.key().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new ConfigException(
                      "input type '%s' is unknown; write one of %s"
                          .formatted(name, Arrays.stream(values()).map(InputType::key).toList())));
    }

    /** Its name in the reference. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean encoded() {
      return this == IMAGE_BYTES || this == TF_EXAMPLE;
    }
  }

  /** Checks what the reference's exporter fails on late. */
  public ExportOptions {
    if (batchSize.isPresent() && batchSize.get() < 1) {
      throw new ConfigException("batch size %d; it must be 1 or more".formatted(batchSize.get()));
    }
    if (inputType.encoded() && batchSize.isEmpty()) {
      throw new ConfigException(
          "input type %s without a batch size; give one, such as 1".formatted(inputType.key()));
    }
    if (preserveAspectRatio && inputType == InputType.TFLITE) {
      throw new ConfigException(
          "input type tflite takes images of the network's input size: an aspect ratio is preserved, or not, before the call; leave it out");
    }
    if (rescaleOutput && (inputType == InputType.TFLITE || !batchSize.equals(Optional.of(1)))) {
      throw new ConfigException(
          "rescaled output needs images of their own size and a batch size of 1, not %s with %s"
              .formatted(inputType.key(), batchSize.map(String::valueOf).orElse("any number")));
    }
  }
}

package io.segue.operators.join;

import io.segue.connectors.image.DecodedMask;
import io.segue.connectors.image.ImageException;
import io.segue.connectors.image.ImageHeader;
import io.segue.connectors.image.ImageLimits;
import io.segue.connectors.image.MaskCodec;
import io.segue.connectors.payload.PayloadException;
import io.segue.operators.record.FrameIds;
import io.segue.operators.record.PayloadReader;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.Label;
import io.segue.schemas.avro.PayloadRef;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Checks a label by itself and against its frame. */
final class LabelCheck {
  private final LabelRules rules;
  private final PayloadReader payloads;
  private final ImageLimits limits;

  LabelCheck(LabelRules rules, PayloadReader payloads, ImageLimits limits) {
    this.rules = rules;
    this.payloads = payloads;
    this.limits = limits;
  }

  /** The image of a frame and its size. */
  record Image(ByteBuffer bytes, int width, int height) {}

  /** The class indices of a label that keeps to the rules. */
  DecodedMask decode(Label label) throws LabelRefusedException {
    String name = "label of frame " + FrameIds.text(label.getId());
    if (!label.getTaxonomy().getId().equals(rules.taxonomyId())
        || label.getTaxonomy().getVersion() != rules.taxonomyVersion()) {
      throw new LabelRefusedException(
          DeadLetterCause.TAXONOMY_MISMATCH,
          "%s: taxonomy '%s' version %d, the model has '%s' version %d; convert the label"
              .formatted(
                  name,
                  label.getTaxonomy().getId(),
                  label.getTaxonomy().getVersion(),
                  rules.taxonomyId(),
                  rules.taxonomyVersion()));
    }
    DecodedMask mask = pixels(label, name);
    if (mask.width() != label.getWidth() || mask.height() != label.getHeight()) {
      throw new LabelRefusedException(
          DeadLetterCause.LABEL_SIZE_MISMATCH,
          "%s: declared as %d×%d pixels, its image has %d×%d; correct one of them"
              .formatted(name, label.getWidth(), label.getHeight(), mask.width(), mask.height()));
    }
    checkClasses(mask, name);
    return mask;
  }

  private DecodedMask pixels(Label label, String name) throws LabelRefusedException {
    ByteBuffer payload = payload(name, label.getPayload(), label.getPayloadRef());
    try {
      return MaskCodec.decode(payload, limits);
    } catch (ImageException e) {
      throw new LabelRefusedException(
          DeadLetterCause.LABEL_UNREADABLE, name + ": " + e.getMessage());
    }
  }

  private void checkClasses(DecodedMask mask, String name) throws LabelRefusedException {
    byte[] indices = mask.indices();
    for (int i = 0; i < indices.length; i++) {
      int value = indices[i] & 0xff;
      if (value >= rules.classes() && value != rules.ignoreValue()) {
        throw new LabelRefusedException(
            DeadLetterCause.LABEL_OUTSIDE_TAXONOMY,
            "%s: class %d at x %d, y %d; taxonomy '%s' version %d has classes 0 to %d and %d for unlabelled"
                .formatted(
                    name,
                    value,
                    i % mask.width(),
                    i / mask.width(),
                    rules.taxonomyId(),
                    rules.taxonomyVersion(),
                    rules.classes() - 1,
                    rules.ignoreValue()));
      }
    }
  }

  /** The image of the label's frame, which must be of the label's size. */
  Image image(Label label, Frame frame) throws LabelRefusedException {
    String name = "frame " + FrameIds.text(frame.getId());
    ByteBuffer bytes = payload(name, frame.getPayload(), frame.getPayloadRef());
    ImageHeader header;
    try {
      header = ImageHeader.read(bytes, limits);
    } catch (ImageException e) {
      throw new LabelRefusedException(
          e.deadLetterCause(), "%s, for which a label came: %s".formatted(name, e.getMessage()));
    }
    if (header.width() != label.getWidth() || header.height() != label.getHeight()) {
      throw new LabelRefusedException(
          DeadLetterCause.LABEL_SIZE_MISMATCH,
          "label of %s has %d×%d pixels, the frame %d×%d; label the frame as it was sent"
              .formatted(
                  name, label.getWidth(), label.getHeight(), header.width(), header.height()));
    }
    return new Image(bytes, header.width(), header.height());
  }

  private ByteBuffer payload(String name, ByteBuffer carried, PayloadRef ref)
      throws LabelRefusedException {
    try {
      return payloads.payload(carried, ref);
    } catch (PayloadException e) {
      throw new LabelRefusedException(
          e.deadLetterCause(), "%s: %s".formatted(name, e.getMessage()));
    } catch (IOException e) {
      throw new LabelRefusedException(
          DeadLetterCause.PAYLOAD_REF_UNREADABLE,
          "%s: payload %s cannot be read: %s".formatted(name, ref.getUri(), e.getMessage()));
    }
  }
}

package io.segue.deploy.demo.footage;

import io.segue.connectors.image.MaskCodec;
import io.segue.model.data.SegmentationExample;
import io.segue.operators.replay.Part;
import io.segue.schemas.avro.ImageEncoding;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One image of a camera with what is really on it.
 *
 * @param content names the image; a folder played in a loop shows the same content again under
 *     another frame identity
 * @param image encoded bytes
 * @param encoding of the image
 * @param width in pixels
 * @param height in pixels
 * @param truth {@code [height, width]} class indices, the taxonomy's ignore value where unknown
 * @param labelled whether a label of it is sent after a while
 * @param part what its label is for; empty: the learn job decides
 * @param phase where it lies with respect to the drift
 */
@SuppressWarnings("ArrayRecordComponent") // encoded bytes and pixels, by far too many to box
public record Shot(
    String content,
    byte[] image,
    ImageEncoding encoding,
    int width,
    int height,
    byte[] truth,
    boolean labelled,
    Optional<Part> part,
    Phase phase) {

  /** Where an image lies with respect to the drift of its footage. */
  public enum Phase {
    /** Such images the first version was trained on; all images where nothing drifts. */
    BEFORE_DRIFT,
    /** The drift is under way. */
    DRIFTING,
    /** The drift is complete. */
    AFTER_DRIFT
  }

  /** Returns the image and its truth as an example to train on or to evaluate with. */
  public SegmentationExample example() {
    return new SegmentationExample(
        content, image, MaskCodec.encodeGrey(ByteBuffer.wrap(truth), width, height), height, width);
  }
}

package io.segue.model.data;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.DecodeImage;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * JPEG and PNG to pixels with TensorFlow's own kernel, so that training sees the very pixels that
 * the reference sees (INTEGER_FAST inverse DCT, fancy upscaling). Grey becomes three channels,
 * alpha is dropped, 16 bits are read as their high byte; a palette gives its colours' luminance
 * where one channel is asked for. Thread-safe.
 */
public final class PixelDecoder implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session;
  private final Placeholder<TString> encoded;
  private final Operand<TUint8> rgb;
  private final Operand<TUint8> grey;

  /** A decoder with a graph of its own. */
  public PixelDecoder() {
    Ops tf = Ops.create(graph);
    encoded = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    rgb = decode(tf, 3);
    grey = decode(tf, 1);
    session = new Session(graph);
  }

  private Operand<TUint8> decode(Ops tf, long channels) {
    return tf.image.decodeImage(
        encoded, TUint8.class, DecodeImage.channels(channels), DecodeImage.expandAnimations(false));
  }

  /**
   * The image, {@code [height, width, 3]}.
   *
   * @throws InvalidExampleException if it is no readable JPEG or PNG
   */
  public Pixels image(SegmentationExample example) {
    return run(example, "image", example.image(), rgb);
  }

  /**
   * The label, {@code [height, width, 1]}.
   *
   * @throws InvalidExampleException if it is no readable PNG
   */
  public Pixels label(SegmentationExample example) {
    return run(example, "label", example.label(), grey);
  }

  private Pixels run(
      SegmentationExample example, String what, byte[] bytes, Operand<TUint8> decoded) {
    try (TString fed = TString.tensorOfBytes(NdArrays.scalarOfObject(bytes));
        Result result = session.runner().feed(encoded, fed).fetch(decoded).run()) {
      TUint8 pixels = (TUint8) result.get(0);
      byte[] values = new byte[Math.toIntExact(pixels.size())];
      pixels.asRawTensor().data().read(values);
      Shape shape = pixels.shape();
      return new Pixels((int) shape.get(0), (int) shape.get(1), (int) shape.get(2), values);
    } catch (RuntimeException e) {
      throw new InvalidExampleException(
          example.sourceId(),
          "%s of %d bytes is not a readable JPEG or PNG".formatted(what, bytes.length),
          e);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}

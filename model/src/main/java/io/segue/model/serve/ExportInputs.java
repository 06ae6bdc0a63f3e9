package io.segue.model.serve;

import io.segue.model.config.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.DecodeImage;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/** The input of an exported graph. */
final class ExportInputs {
  private static final String NAME = "serving_default_inputs";
  private static final String ENCODED = "image/encoded";

  private final Ops tf;
  private final ExportOptions options;

  ExportInputs(Ops tf, ExportOptions options) {
    this.tf = tf;
    this.options = options;
  }

  private long batch() {
    return options.batchSize().map(Integer::longValue).orElse(Shape.UNKNOWN_SIZE);
  }

  /** Normalised images of the network's input size. */
  Placeholder<TFloat32> normalised(ModelSpec spec) {
    return tf.withName(NAME)
        .placeholder(
            TFloat32.class,
            Placeholder.shape(Shape.of(batch(), spec.inputHeight(), spec.inputWidth(), 3)));
  }

  /** Pixels of any size. */
  Placeholder<TUint8> pixels() {
    return tf.withName(NAME)
        .placeholder(TUint8.class, Placeholder.shape(Shape.of(batch(), -1, -1, 3)));
  }

  /** Encoded images or examples. */
  Placeholder<TString> encoded() {
    return tf.withName(NAME).placeholder(TString.class, Placeholder.shape(Shape.of(batch())));
  }

  /** The pixels of encoded images or examples, {@code [batch, height, width, 3]}. */
  Operand<TUint8> decoded(Operand<TString> encoded) {
    Operand<TString> images =
        options.inputType() == ExportOptions.InputType.TF_EXAMPLE ? parsed(encoded) : encoded;
    List<Operand<TUint8>> decoded = new ArrayList<>();
    for (int i = 0; i < batch(); i++) {
      Operand<TUint8> pixels =
          tf.image.decodeImage(
              tf.gather(images, tf.constant(i), tf.constant(0)),
              TUint8.class,
              DecodeImage.channels(3L),
              DecodeImage.expandAnimations(false));
      decoded.add(tf.ensureShape(pixels, Shape.of(-1, -1, 3)));
    }
    return tf.stack(decoded);
  }

  private Operand<TString> parsed(Operand<TString> examples) {
    // An empty vector; no constant can be made of one.
    Operand<TString> none =
        tf.slice(tf.array(ENCODED), tf.constant(new int[1]), tf.constant(new int[1]));
    Operand<?> image =
        tf.io
            .parseExample(
                examples,
                none,
                none,
                tf.array(ENCODED),
                none,
                List.of(tf.constant("")),
                0L,
                List.of(),
                List.of(),
                List.of(),
                List.of(Shape.scalar()))
            .denseValues()
            .get(0);
    return tf.reshape(image.asOutput().expect(TString.class), tf.constant(new int[] {-1}));
  }
}

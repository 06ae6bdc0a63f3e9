package io.segue.model.data;

import java.util.stream.Stream;

/**
 * Examples without augmentation, as the reference's validation sees them: resized and padded, the
 * labels with them unless {@code resize_eval_groundtruth} is off.
 */
public final class EvaluationInput implements AutoCloseable {
  private final PixelDecoder decoder = new PixelDecoder();
  private final Parser parser;
  private final LabelCheck check;

  /**
   * @param classes number of classes; a label that is neither one of them nor ignored is an error
   */
  public EvaluationInput(ParserOptions options, int classes) {
    this.parser = new Parser(options);
    this.check = new LabelCheck(classes, options);
  }

  /**
   * Decodes and resizes examples as the result is read.
   *
   * @throws InvalidExampleException while reading, if one cannot be used
   */
  public Stream<EvaluationExample> of(Stream<SegmentationExample> examples) {
    return examples.map(this::prepare);
  }

  private EvaluationExample prepare(SegmentationExample example) {
    Pixels image = decoder.image(example);
    Pixels label = decoder.label(example);
    check.require(example.sourceId(), image, label);
    ParsedExample parsed = parser.forEvaluation(PixelNormalization.normalize(image), label);
    FloatMap masks = parsed.masks();
    byte[] truth = new byte[masks.values().length];
    for (int i = 0; i < truth.length; i++) {
      truth[i] = (byte) masks.values()[i];
    }
    return new EvaluationExample(
        example.sourceId(),
        parsed.image().height(),
        parsed.image().width(),
        parsed.image().values(),
        masks.height(),
        masks.width(),
        truth,
        parsed.geometry().imageInfo());
  }

  @Override
  public void close() {
    decoder.close();
  }
}

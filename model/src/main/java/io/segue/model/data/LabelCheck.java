package io.segue.model.data;

/** Refuses labels that cannot belong to their image or their taxonomy. */
record LabelCheck(int classes, ParserOptions options) {

  /**
   * @throws InvalidExampleException naming the sizes, or the label value and where it lies
   */
  void require(String sourceId, Pixels image, Pixels label) {
    if (image.height() != label.height() || image.width() != label.width()) {
      throw new InvalidExampleException(
          sourceId,
          "the label is %d×%d, the image %d×%d; make them the same size"
              .formatted(label.height(), label.width(), image.height(), image.width()));
    }
    if (options.gtIsMattingMap()) {
      return;
    }
    byte[] values = label.values();
    for (int i = 0; i < values.length; i++) {
      int index = values[i] & 0xff;
      if (index >= classes && index != options.ignoreLabel()) {
        throw new InvalidExampleException(
            sourceId,
            "label %d at row %d, column %d is neither one of %d classes nor the ignore value %d"
                .formatted(
                    index, i / label.width(), i % label.width(), classes, options.ignoreLabel()));
      }
    }
  }
}

package io.segue.model.data;

/** How a whole TFRecord file is compressed; the file itself does not say. */
public enum TfRecordCompression {
  /** Uncompressed: the only form in which single records can be read by their offset. */
  NONE,
  /** One GZIP stream over the whole file. */
  GZIP,
  /** One zlib stream over the whole file. */
  ZLIB
}

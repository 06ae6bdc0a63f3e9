package io.segue.model.serve.openvino;

/** What OpenVINO computes in. */
public enum OpenVinoPrecision {
  /** float32, on every processor. */
  FLOAT32("f32"),
  /** bfloat16; only processors with instructions for it gain by it. */
  BFLOAT16("bf16");

  private final String key;

  OpenVinoPrecision(String key) {
    this.key = key;
  }

  String key() {
    return key;
  }
}

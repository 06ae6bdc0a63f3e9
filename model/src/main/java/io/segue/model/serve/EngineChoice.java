package io.segue.model.serve;

import io.segue.model.serve.form.Precision;
import java.io.Serializable;

/**
 * Which engine serves, and how.
 *
 * @param engine the engine, or {@code AUTO}
 * @param precision in what numbers it computes
 * @param openvino where OpenVINO is: its C library, the folder of it, or the Python package {@code
 *     openvino}; blank: what the environment variable {@code SEGUE_OPENVINO} names, or else the
 *     system's library path
 * @param device on which TensorFlow runs networks, such as {@code GPU:1}; blank: where it wants
 */
public record EngineChoice(
    ServingEngine engine, Precision precision, String openvino, String device)
    implements Serializable {
  /** TensorFlow, whatever else is there, in float32. */
  public static final EngineChoice TENSORFLOW =
      new EngineChoice(ServingEngine.TENSORFLOW, Precision.FLOAT32, "", "");

  /** The same on another device. */
  public EngineChoice on(String other) {
    return new EngineChoice(engine, precision, openvino, other);
  }
}

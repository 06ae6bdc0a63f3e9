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
 */
public record EngineChoice(ServingEngine engine, Precision precision, String openvino)
    implements Serializable {
  /** TensorFlow, whatever else is there, in float32. */
  public static final EngineChoice TENSORFLOW =
      new EngineChoice(ServingEngine.TENSORFLOW, Precision.FLOAT32, "");
}

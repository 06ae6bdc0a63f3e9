package io.segue.model.serve;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What runs a network that is served. */
public enum ServingEngine {
  /** Whichever of those found on this machine proves faster on the network, with equal pixels. */
  @JsonProperty("auto")
  AUTO,
  /** TensorFlow, which is always there. */
  @JsonProperty("tensorflow")
  TENSORFLOW,
  /** OpenVINO, which has to be installed. */
  @JsonProperty("openvino")
  OPENVINO
}

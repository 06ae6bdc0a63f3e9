package io.segue.model.serve.openvino;

/** Something that OpenVINO refused to do, in its own words. */
public final class OpenVinoException extends RuntimeException {
  private static final long serialVersionUID = 1;

  OpenVinoException(String message) {
    super(message);
  }

  OpenVinoException(String message, Throwable cause) {
    super(message, cause);
  }
}

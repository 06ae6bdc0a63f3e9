package io.segue.connectors.kafka;

import java.util.List;

/** Topics are missing or are not what they have to be. */
public final class TopicMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> differences;

  TopicMismatchException(List<String> differences) {
    super(String.join("\n", differences));
    this.differences = List.copyOf(differences);
  }

  /** One line a difference: the topic, what it has, what is needed and the remedy. */
  public List<String> differences() {
    return differences;
  }
}

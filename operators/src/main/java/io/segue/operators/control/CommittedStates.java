package io.segue.operators.control;

import io.segue.connectors.kafka.LatestState;
import io.segue.schemas.avro.ModelState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeoutException;

/**
 * Reads the live version from the topic that the segment job follows.
 *
 * @param kafka client options
 * @param topic name of the model-updates topic
 */
public record CommittedStates(Map<String, String> kafka, String topic) implements LiveVersions {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Copies the options. */
  public CommittedStates {
    kafka = Map.copyOf(kafka);
  }

  @Override
  public Optional<Long> of(String model) throws TimeoutException {
    Properties client = new Properties();
    client.putAll(kafka);
    ModelState state = LatestState.readToEnd(client, topic, ModelState.class, TIMEOUT).get(model);
    return Optional.ofNullable(state).map(ModelState::getLive);
  }
}

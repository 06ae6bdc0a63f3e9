package io.segue.deploy.demo.play;

/** Takes records for topics. */
@FunctionalInterface
public interface RecordOutput {
  /** Sends a record; returns when it is on its way, not when it has arrived. */
  void send(String topic, String key, byte[] value);
}

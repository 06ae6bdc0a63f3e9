package io.segue.deploy.config;

import io.segue.connectors.kafka.SegueTopics;

/**
 * The topics.
 *
 * @param prefix before each name
 * @param partitions of the topics whose key is the stream, 1 or more
 * @param replication copies of each topic that is created, 1 or more
 */
public record TopicsConfig(String prefix, int partitions, int replication) {
  static final TopicsConfig DEFAULT = new TopicsConfig(SegueTopics.DEFAULT_PREFIX, 4, 1);

  public TopicsConfig {
    Require.atLeast("topics.partitions", partitions, 1);
    Require.atLeast("topics.replication", replication, 1);
  }

  /** The names. */
  public SegueTopics names() {
    return new SegueTopics(prefix);
  }
}

/**
 * The border of the topics: bytes become Avro records here and records become bytes, with every
 * schema version that was ever committed as a readable writer schema. No Flink, no Kafka.
 */
package io.segue.schemas;

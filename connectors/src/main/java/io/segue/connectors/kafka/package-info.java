/**
 * Topics, sources and sinks: records enter a job as they lie in Kafka and leave it under a delivery
 * promise that was chosen by name. Also the broker that runs inside the process, and what is read
 * before a job starts.
 */
package io.segue.connectors.kafka;

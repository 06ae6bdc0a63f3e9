/**
 * The records of the topics, generated from {@code src/main/avro}. They change only in ways that
 * keep old records readable by new code and new records readable by old code.
 */
package io.segue.schemas.avro;

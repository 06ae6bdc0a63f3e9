/**
 * The records that travel between operators and lie in their state, generated from {@code
 * src/main/avro/flow}. They never reach a topic; they change only in ways that keep old state
 * readable.
 */
package io.segue.schemas.flow;

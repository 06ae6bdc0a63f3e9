/**
 * Payloads too large for their topic: stored once under the hash of their bytes and named in the
 * record.
 */
package io.segue.connectors.payload;

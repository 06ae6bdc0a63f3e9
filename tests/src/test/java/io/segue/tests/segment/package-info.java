/**
 * Proves the promises of the segment job with the real broker, the real engine and a real model.
 */
package io.segue.tests.segment;

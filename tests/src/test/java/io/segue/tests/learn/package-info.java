/** Proves the promises of the learn job with the real broker and the real engine. */
package io.segue.tests.learn;

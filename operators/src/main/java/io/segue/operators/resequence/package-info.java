/**
 * Releases the outcomes of each stream in order and makes of them what is written: masks, skips and
 * dead letters, cut-overs, label requests.
 */
package io.segue.operators.resequence;

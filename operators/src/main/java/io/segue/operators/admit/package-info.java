/** Reads the envelope of each record and refuses what could never be segmented, without pixels. */
package io.segue.operators.admit;

/** Scores the masks that were really served against the labels that came later. */
@NullMarked
package io.segue.operators.evaluate;

import org.jspecify.annotations.NullMarked;

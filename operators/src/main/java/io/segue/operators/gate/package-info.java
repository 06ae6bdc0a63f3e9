/** Judges candidates on the holdout before anybody is served by them. */
@NullMarked
package io.segue.operators.gate;

import org.jspecify.annotations.NullMarked;

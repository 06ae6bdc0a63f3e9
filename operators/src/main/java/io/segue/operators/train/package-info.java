/**
 * Decides when to train and does it: requests follow from labels or commands, and each becomes one
 * candidate in the registry, however often the job restarts.
 */
@NullMarked
package io.segue.operators.train;

import org.jspecify.annotations.NullMarked;

/**
 * Brings together what belongs to one frame: the frame, the mask that was served for it, and its
 * label, which comes late, out of order, twice or for a frame that nobody knows.
 */
@NullMarked
package io.segue.operators.join;

import org.jspecify.annotations.NullMarked;

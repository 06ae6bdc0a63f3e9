/**
 * The replay buffer and the holdout: which labelled frames are trained on, which are judged on,
 * which of them are kept, and the segments and manifests that they lie in.
 */
@NullMarked
package io.segue.operators.replay;

import org.jspecify.annotations.NullMarked;

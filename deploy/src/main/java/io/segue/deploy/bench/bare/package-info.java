/** Measures what Segue's classes cost around the bare TensorFlow session. */
@NullMarked
package io.segue.deploy.bench.bare;

import org.jspecify.annotations.NullMarked;

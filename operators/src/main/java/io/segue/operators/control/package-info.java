/**
 * The single writer of a model's published state: verdicts and commands in, states and events out.
 */
@NullMarked
package io.segue.operators.control;

import org.jspecify.annotations.NullMarked;

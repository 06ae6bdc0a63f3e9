/**
 * Synthetic street scenes with their ground truth: pure functions of a seed, a camera and a moment,
 * so that every run and every machine sees the same pixels.
 */
@NullMarked
package io.segue.deploy.demo.scene;

import org.jspecify.annotations.NullMarked;

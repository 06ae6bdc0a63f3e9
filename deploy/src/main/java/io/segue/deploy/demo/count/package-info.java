/**
 * What really came out of the demo, counted by readers of the topics that share nothing with the
 * jobs: every frame's outcome, the order, and how good the served masks were.
 */
@NullMarked
package io.segue.deploy.demo.count;

import org.jspecify.annotations.NullMarked;

/** The producers of the demo: cameras that send frames, and a person who sends labels later. */
@NullMarked
package io.segue.deploy.demo.play;

import org.jspecify.annotations.NullMarked;

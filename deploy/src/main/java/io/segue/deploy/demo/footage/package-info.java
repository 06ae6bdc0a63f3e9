/** What the cameras of the demo see: synthetic streets or a labelled folder, with the truth. */
@NullMarked
package io.segue.deploy.demo.footage;

import org.jspecify.annotations.NullMarked;

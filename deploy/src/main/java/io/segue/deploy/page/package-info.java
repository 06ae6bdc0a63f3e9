/** A page on loopback that shows what the cameras see, what is served, and the versions. */
@NullMarked
package io.segue.deploy.page;

import org.jspecify.annotations.NullMarked;

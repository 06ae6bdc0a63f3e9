/**
 * The demo: broker, both jobs, cameras, late labels, an independent count and a page in one
 * process.
 */
@NullMarked
package io.segue.deploy.demo;

import org.jspecify.annotations.NullMarked;

/** The measurements themselves: that they run, and that what must hold in each run holds. */
package io.segue.tests.bench;

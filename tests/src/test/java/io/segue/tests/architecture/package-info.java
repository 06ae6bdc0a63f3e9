/** Holds the borders between the modules. */
package io.segue.tests.architecture;

/** The fixtures made by running the reference, and what compares our networks with them. */
package io.segue.model.golden;

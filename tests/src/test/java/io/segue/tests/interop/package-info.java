/** Proves that what Segue writes is read by others, in their own languages. */
package io.segue.tests.interop;

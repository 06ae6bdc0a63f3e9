/**
 * A cluster of real processes on this host, made of the jars of the test's own class path: started,
 * killed and read from a test.
 */
package io.segue.tests.cluster;

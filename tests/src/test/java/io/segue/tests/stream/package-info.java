/** Feeds the topics of a test and reads them back, apart from the jobs' own sources and sinks. */
package io.segue.tests.stream;

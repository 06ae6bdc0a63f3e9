/**
 * Benchmarks of the hot pieces, by JMH: {@code mvn -Pjmh -pl tests -am test}. What is not public
 * has its benchmark in its own package.
 */
package io.segue.tests.jmh;

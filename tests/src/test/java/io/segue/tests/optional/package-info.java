/** What a test may need beyond a JDK and Maven, and what happens where it is absent. */
package io.segue.tests.optional;

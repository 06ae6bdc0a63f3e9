/** The demo's page in a real browser. */
package io.segue.tests.page;

/**
 * The figures of {@code segue bench serve} and {@code segue bench swap}: the real segment job
 * between topics of a broker in this process, loaded, watched and audited by clients of its own.
 */
package io.segue.deploy.bench;

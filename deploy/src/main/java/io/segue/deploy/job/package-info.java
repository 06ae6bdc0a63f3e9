/** The two jobs, made of the operators. */
package io.segue.deploy.job;

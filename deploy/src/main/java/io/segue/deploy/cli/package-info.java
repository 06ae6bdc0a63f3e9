/**
 * The {@code segue} command: one class a subcommand, parsing and printing only; the work is done by
 * the packages beside it.
 */
@NullMarked
package io.segue.deploy.cli;

import org.jspecify.annotations.NullMarked;

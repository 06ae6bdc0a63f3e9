/** The configuration file: one YAML schema of records, read strictly, with overrides. */
@NullMarked
package io.segue.deploy.config;

import org.jspecify.annotations.NullMarked;

/** What all operators of the learn job share: identities as text, dead letters, side outputs. */
@NullMarked
package io.segue.operators.record;

import org.jspecify.annotations.NullMarked;

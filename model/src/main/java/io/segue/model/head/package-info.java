/**
 * Heads: feature maps to logits, and logits to mask scores. Other libraries add theirs as a {@link
 * io.segue.model.head.HeadProvider}.
 */
package io.segue.model.head;

/**
 * Decoders: the backbone's feature maps to those that the head reads. Other libraries add theirs as
 * a {@link io.segue.model.decoder.DecoderProvider}.
 */
package io.segue.model.decoder;

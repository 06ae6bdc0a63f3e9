/**
 * Encoded images and masks: what their headers say without decoding, pixels out of bytes and bytes
 * out of pixels. JPEG and PNG come in; masks are 8-bit PNGs of class indices. Whatever cannot be
 * read is an {@link io.segue.connectors.image.ImageException} with the cause of its dead letter.
 */
package io.segue.connectors.image;

/**
 * Backbones: an image to feature maps by level. Each is a class of its own; other libraries add
 * theirs as a {@link io.segue.model.backbone.BackboneProvider}.
 */
package io.segue.model.backbone;

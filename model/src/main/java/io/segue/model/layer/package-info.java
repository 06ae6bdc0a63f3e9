/**
 * Layers and blocks, written once and built twice: {@link io.segue.model.layer.VariableLayers}
 * makes the training graph, {@link io.segue.model.layer.FrozenLayers} the serving graph. Every
 * weight is addressed by its checkpoint key, such as {@code
 * backbone/layer_with_weights-0/_conv0/kernel}.
 *
 * <p>Feature maps are float32 {@code [batch, height, width, channels]}.
 */
package io.segue.model.layer;

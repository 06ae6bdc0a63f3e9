/** Every metric of a model over labelled images. */
package io.segue.model.evaluate;

package com.example.parts;

import io.segue.model.loss.Loss;
import io.segue.model.loss.LossProvider;
import java.util.Map;

public final class Calm implements LossProvider {
  @Override
  public String type() {
    return "calm";
  }

  @Override
  public Loss create(Map<String, Object> options, int classes, int ignoreLabel) {
    float factor = ((Double) options.get("factor")).floatValue();
    return (tf, logits, labels) ->
        tf.math.mul(
            tf.constant(factor),
            tf.math.mean(tf.math.mul(logits, logits), tf.constant(new int[] {0, 1, 2, 3})));
  }
}

package io.segue.model.train;

import io.segue.model.config.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RewriterConfig;

/**
 * Training in bfloat16 where that is safe: TensorFlow's own rewriting multiplies in bfloat16, while
 * weights, sums and the loss stay float32. A processor without bfloat16 trains in float32.
 */
final class MixedPrecision {
  private static final Logger LOG = LoggerFactory.getLogger(MixedPrecision.class);

  private MixedPrecision() {}

  /** The session settings that options ask for on a processor. */
  static ConfigProto config(TrainingOptions options, Processor processor) {
    if (!options.bfloat16()) {
      return ConfigProto.getDefaultInstance();
    }
    if (!processor.hasBfloat16()) {
      LOG.warn(
          "Mixed precision bfloat16 was asked for; the processor has none of {}, so training runs"
              + " in float32",
          Processor.BFLOAT16);
      return ConfigProto.getDefaultInstance();
    }
    LOG.info("Training in mixed precision: bfloat16 with float32 weights");
    ConfigProto.Builder config = ConfigProto.newBuilder();
    config
        .getGraphOptionsBuilder()
        .getRewriteOptionsBuilder()
        .setAutoMixedPrecisionOnednnBfloat16(RewriterConfig.Toggle.ON);
    return config.build();
  }
}

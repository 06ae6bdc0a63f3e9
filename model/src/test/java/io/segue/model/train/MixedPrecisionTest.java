package io.segue.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.config.Processor;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RewriterConfig;

class MixedPrecisionTest {
  private static final Processor ABLE = new Processor(Set.of("avx512_bf16"));
  private static final Processor UNABLE = new Processor(Set.of("avx2"));

  private static TrainingOptions options(boolean bfloat16) {
    return TrainingOptions.builder(1, 1).bfloat16(bfloat16).build();
  }

  @Test
  void bfloat16IsSwitchedOnWhereItIsAskedForAndTheProcessorHasIt() {
    ConfigProto config = MixedPrecision.config(options(true), ABLE);
    assertThat(config.getGraphOptions().getRewriteOptions().getAutoMixedPrecisionOnednnBfloat16())
        .isEqualTo(RewriterConfig.Toggle.ON);
    assertThat(MixedPrecision.config(options(false), ABLE))
        .isEqualTo(ConfigProto.getDefaultInstance());
  }

  /** The very session of float32, and therefore its very results. */
  @Test
  void aProcessorWithoutBfloat16TrainsAsIfNothingHadBeenAskedFor() {
    assertThat(MixedPrecision.config(options(true), UNABLE))
        .isEqualTo(MixedPrecision.config(options(false), UNABLE));
  }
}

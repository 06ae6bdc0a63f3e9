package io.segue.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.backbone.Backbone;
import io.segue.model.backbone.BackboneProvider;
import io.segue.model.config.ConfigException;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.decoder.Decoder;
import io.segue.model.decoder.DecoderProvider;
import io.segue.model.head.Head;
import io.segue.model.head.HeadProvider;
import io.segue.model.layer.Conv;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Layers;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** A backbone, a decoder and a head that a library on the class path adds. */
class CustomPartsTest {
  /** One strided convolution with as many filters as its option says. */
  public static final class Strided implements BackboneProvider {
    @Override
    public String type() {
      return "strided";
    }

    @Override
    public Backbone create(Map<String, Object> options, NormActivationConfig normActivation) {
      int filters = (Integer) options.get("filters");
      return new Backbone() {
        @Override
        public FeatureMaps build(Layers layers, String key, Operand<TFloat32> image) {
          return FeatureMaps.of(
              Map.of("1", layers.conv(key + "/stem", Conv.of(filters, 3).stride(2), image)));
        }

        @Override
        public int stride() {
          return 2;
        }
      };
    }
  }

  /** One 1×1 convolution. */
  public static final class Mixer implements DecoderProvider {
    @Override
    public String type() {
      return "mixer";
    }

    @Override
    public Decoder create(Map<String, Object> options, SegmentationModelConfig model) {
      return (layers, key, backbone) ->
          FeatureMaps.of(Map.of("1", layers.conv(key + "/mix", Conv.of(4, 1), backbone.get("1"))));
    }
  }

  /** A classifier without anything before it. */
  public static final class Bare implements HeadProvider {
    @Override
    public String type() {
      return "bare";
    }

    @Override
    public Head create(Map<String, Object> options, SegmentationModelConfig model) {
      return (layers, key, backbone, decoder) ->
          layers.conv(
              key + "/classifier", Conv.of(model.numClasses(), 1).withBias(), decoder.get("1"));
    }
  }

  @Test
  void partsOfOnesOwnAreFoundByTheirType() {
    SegmentationModelConfig config =
        SegmentationModelConfig.parse(
            """
            num_classes: 3
            backbone: {type: strided, strided: {filters: 6}}
            decoder: {type: mixer}
            head: {type: bare}
            """);
    assertThat(SegmentationModel.of(config).weights(8, 8))
        .containsEntry("backbone/stem/kernel", Shape.of(3, 3, 3, 6))
        .containsEntry("decoder/mix/kernel", Shape.of(1, 1, 6, 4))
        .containsEntry("head/classifier/kernel", Shape.of(1, 1, 4, 3))
        .containsEntry("head/classifier/bias", Shape.of(3))
        .hasSize(4);
  }

  @Test
  void anUnknownTypeIsRefusedWithThoseThereAre() {
    for (String part : new String[] {"backbone", "decoder", "head"}) {
      SegmentationModelConfig config =
          SegmentationModelConfig.parse("num_classes: 3\n" + part + ": {type: strode}");
      assertThatThrownBy(() -> SegmentationModel.of(config))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(part + ".type: 'strode' is unknown")
          .hasMessageContaining(
              switch (part) {
                case "backbone" -> "strided";
                case "decoder" -> "mixer";
                default -> "bare";
              });
    }
  }
}

package io.segue.model.decoder;

import io.segue.model.config.AsppConfig;
import io.segue.model.config.ConfigException;
import io.segue.model.config.DecoderConfig;
import io.segue.model.config.FpnConfig;
import io.segue.model.config.NasFpnConfig;
import io.segue.model.config.SegmentationModelConfig;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** Finds the decoder that a configuration names. */
public final class Decoders {
  private Decoders() {}

  /**
   * Makes the decoder; none for {@code identity}.
   *
   * @throws ConfigException if no class has this type, or an option cannot be used
   */
  public static Optional<Decoder> of(SegmentationModelConfig model) {
    DecoderConfig config = model.decoder();
    if (config instanceof DecoderConfig.Identity) {
      return Optional.empty();
    }
    if (config instanceof AsppConfig it) {
      return Optional.of(new Aspp(it, model.normActivation()));
    }
    if (config instanceof FpnConfig it) {
      return Optional.of(new Fpn(it, model.minLevel(), model.maxLevel(), model.normActivation()));
    }
    if (config instanceof NasFpnConfig it) {
      return Optional.of(
          new NasFpn(it, model.minLevel(), model.maxLevel(), model.normActivation()));
    }
    return Optional.of(custom((DecoderConfig.Custom) config, model));
  }

  private static Decoder custom(DecoderConfig.Custom config, SegmentationModelConfig model) {
    TreeSet<String> types = new TreeSet<>(List.of("identity", "fpn", "nasfpn", "aspp"));
    for (DecoderProvider provider : ServiceLoader.load(DecoderProvider.class)) {
      if (provider.type().equals(config.type())) {
        return provider.create(config.options(), model);
      }
      types.add(provider.type());
    }
    throw new ConfigException(
        "decoder.type: '%s' is unknown; there are %s".formatted(config.type(), types));
  }
}

package com.example.parts;

import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.decoder.Decoder;
import io.segue.model.decoder.DecoderProvider;
import io.segue.model.layer.Conv;
import io.segue.model.layer.FeatureMaps;
import java.util.Map;

public final class Mixer implements DecoderProvider {
  @Override
  public String type() {
    return "mixer";
  }

  @Override
  public Decoder create(Map<String, Object> options, SegmentationModelConfig model) {
    int filters = (Integer) options.get("filters");
    return (layers, key, maps) ->
        FeatureMaps.of(Map.of("1", layers.conv(key + "/mix", Conv.of(filters, 1), maps.get("1"))));
  }
}

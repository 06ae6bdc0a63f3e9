package com.example.parts;

import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.head.Head;
import io.segue.model.head.HeadProvider;
import io.segue.model.layer.Conv;
import java.util.Map;

public final class Bare implements HeadProvider {
  @Override
  public String type() {
    return "bare";
  }

  @Override
  public Head create(Map<String, Object> options, SegmentationModelConfig model) {
    int kernel = (Integer) options.get("kernel");
    return (layers, key, backbone, decoder) ->
        layers.conv(
            key + "/classifier", Conv.of(model.numClasses(), kernel).withBias(), decoder.get("1"));
  }
}

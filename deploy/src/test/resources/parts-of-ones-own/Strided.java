package com.example.parts;

import io.segue.model.backbone.Backbone;
import io.segue.model.backbone.BackboneProvider;
import io.segue.model.config.NormActivationConfig;
import io.segue.model.layer.Conv;
import io.segue.model.layer.FeatureMaps;
import io.segue.model.layer.Layers;
import io.segue.model.layer.NormActivation;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

public final class Strided implements BackboneProvider {
  @Override
  public String type() {
    return "strided";
  }

  @Override
  public Backbone create(Map<String, Object> options, NormActivationConfig style) {
    int filters = (Integer) options.get("filters");
    return new Backbone() {
      @Override
      public FeatureMaps build(Layers layers, String key, Operand<TFloat32> image) {
        return FeatureMaps.of(
            Map.of(
                "1",
                NormActivation.of(style)
                    .conv(
                        layers,
                        key + "/stem",
                        Conv.of(filters, 3).stride(2),
                        key + "/norm",
                        image)));
      }

      @Override
      public int stride() {
        return 2;
      }
    };
  }
}

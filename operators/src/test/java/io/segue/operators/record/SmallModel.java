package io.segue.operators.record;

import io.segue.connectors.image.ImageEncoder;
import io.segue.connectors.image.MaskCodec;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.data.SegmentationExample;
import java.nio.ByteBuffer;

/**
 * A network of three classes that trains and serves within a second, and an example of its size.
 */
public final class SmallModel {
  public static final int WIDTH = 64;
  public static final int HEIGHT = 48;

  private SmallModel() {}

  public static ModelSpec spec(Taxonomy taxonomy) {
    return new ModelSpec(
        "road",
        SegmentationModelConfig.parse(
            """
            num_classes: 3
            backbone:
              type: mobilenet
              mobilenet: {filter_size_scale: 0.1, output_stride: 16, output_intermediate_endpoints: true}
            decoder: {type: aspp, aspp: {dilation_rates: [2], num_filters: 8}}
            head: {level: 4, num_convs: 1, num_filters: 8, feature_fusion: deeplabv3plus,
                   low_level: 2/depthwise, low_level_num_filters: 8}
            """),
        HEIGHT,
        WIDTH,
        taxonomy);
  }

  /** Black, and of class 0 everywhere. */
  public static SegmentationExample example() {
    ByteBuffer rgb = ByteBuffer.allocateDirect(3 * WIDTH * HEIGHT);
    return new SegmentationExample(
        "cam/1000/1",
        ImageEncoder.encodePng(rgb, WIDTH, HEIGHT),
        MaskCodec.encodeGrey(ByteBuffer.wrap(new byte[WIDTH * HEIGHT]), WIDTH, HEIGHT),
        HEIGHT,
        WIDTH);
  }
}

package io.segue.model.config;

import java.util.List;
import java.util.Optional;

/**
 * {@code decoder.aspp}; see {@code official/vision/modeling/decoders/aspp.py}.
 *
 * @param level the backbone level it reads and replaces
 * @param dilationRates one atrous branch each; may be empty
 * @param poolKernelSize height and width of the pooling branch in pixels of the input image; absent
 *     pools the whole map
 * @param numFilters channels of every branch and of the result
 * @param dropoutRate share of values dropped after the projection in training, 0 to 1
 * @param useDepthwiseConvolution depthwise + pointwise instead of plain atrous convolutions
 * @param sppLayerVersion {@code v1} or {@code v2}: the layout of variables, and for v2 the
 *     interpolation
 * @param interpolation {@code bilinear} or {@code nearest} resize of the pooling branch; only v2
 *     offers nearest
 * @param outputTensor in the reference, whether a bare tensor is returned; changes no value
 */
public record AsppConfig(
    int level,
    List<Integer> dilationRates,
    Optional<List<Integer>> poolKernelSize,
    int numFilters,
    double dropoutRate,
    boolean useDepthwiseConvolution,
    String sppLayerVersion,
    String interpolation,
    boolean outputTensor)
    implements DecoderConfig {
  /** The reference's defaults. */
  public static final AsppConfig DEFAULT =
      new AsppConfig(4, List.of(), Optional.empty(), 256, 0, false, "v1", "bilinear", false);

  public AsppConfig {
    dilationRates = List.copyOf(dilationRates);
    poolKernelSize = poolKernelSize.filter(size -> !size.isEmpty()).map(List::copyOf);
  }

  @Override
  public String type() {
    return "aspp";
  }
}

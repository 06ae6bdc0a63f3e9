package io.segue.model.gradient;

import io.segue.model.layer.Activation;
import io.segue.model.layer.Conv;
import io.segue.model.layer.GroupNorm;
import io.segue.model.layer.Initializer;
import io.segue.model.layer.Norm;
import io.segue.model.layer.NormActivation;
import io.segue.model.layer.PanopticFpnFusion;
import io.segue.model.layer.PyramidFusion;
import io.segue.model.layer.Resampling;
import io.segue.model.layer.SpatialPyramidPooling;
import io.segue.model.layer.SqueezeExcitation;
import io.segue.model.layer.VariableLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/** Layers by themselves. */
final class LayerCases {
  static final Shape MAP = Shape.of(2, 7, 9, 4);
  static final Norm NORM = new Norm(0.9, 1e-3, true, true);
  static final NormActivation SMOOTH = new NormActivation(NORM, Activation.SWISH);

  private LayerCases() {}

  static List<GradientCase> all() {
    List<GradientCase> cases = new ArrayList<>();
    cases.addAll(convolutions());
    cases.addAll(norms());
    cases.addAll(activations());
    cases.addAll(resamplings());
    cases.addAll(pyramidPoolings());
    cases.add(
        GradientCase.of(
            "dense",
            Shape.of(3, 5),
            (l, x) -> l.dense("d", 3, Initializer.GLOROT_UNIFORM, x),
            VariableLayers.class));
    cases.add(GradientCase.of("dropout", MAP, (l, x) -> l.dropout(0.3, x)).drawing());
    cases.add(
        GradientCase.of(
                "stochastic depth", Shape.of(8, 2, 2, 2), (l, x) -> l.stochasticDepth(0.4, x))
            .drawing());
    cases.add(
        GradientCase.of(
            "squeeze and excitation",
            MAP,
            (l, x) ->
                new SqueezeExcitation(2, 4, Activation.SWISH, Activation.SIGMOID).build(l, "s", x),
            SqueezeExcitation.class));
    Map<String, Shape> pyramid =
        Map.of("2", Shape.of(2, 8, 12, 3), "3", Shape.of(2, 4, 6, 3), "4", Shape.of(2, 2, 3, 3));
    cases.add(
        GradientCase.of(
            "pyramid fusion",
            pyramid,
            (l, in) -> List.of(PyramidFusion.build(l, in, 2)),
            PyramidFusion.class));
    cases.add(
        GradientCase.of(
            "panoptic fusion",
            pyramid,
            (l, in) -> List.of(new PanopticFpnFusion(2, 4, 32, Activation.SWISH).build(l, "f", in)),
            PanopticFpnFusion.class));
    return cases;
  }

  private static List<GradientCase> convolutions() {
    List<GradientCase> cases = new ArrayList<>();
    for (int rate : new int[] {2, 3, 6}) {
      cases.add(conv("convolution dilated by " + rate, Conv.of(3, 3).dilation(rate)));
      cases.add(conv("depthwise convolution dilated by " + rate, Conv.depthwise(3).dilation(rate)));
    }
    cases.add(conv("separable convolution, dilated", Conv.separable(3, 3).dilation(2)));
    cases.add(conv("valid convolution, dilated", Conv.of(3, 3).valid().dilation(2)));
    cases.add(conv("convolution", Conv.of(3, 3).withBias()));
    cases.add(conv("1×1 convolution", Conv.of(3, 1)));
    cases.add(conv("strided convolution", Conv.of(3, 3).stride(2)));
    cases.add(conv("valid convolution", Conv.of(3, 3).valid()));
    cases.add(conv("convolution with an even kernel", Conv.of(3, 4).stride(2)));
    cases.add(conv("depthwise convolution", Conv.depthwise(3)));
    cases.add(conv("strided depthwise convolution", Conv.depthwise(5).stride(2)));
    cases.add(conv("separable convolution", Conv.separable(3, 3).withBias()));
    return cases;
  }

  private static GradientCase conv(String name, Conv conv) {
    return GradientCase.of(name, MAP, (l, x) -> l.conv("c", conv, x), VariableLayers.class);
  }

  private static List<GradientCase> norms() {
    List<GradientCase> cases = new ArrayList<>();
    for (boolean synchronised : new boolean[] {true, false}) {
      Norm norm = new Norm(0.9, 1e-3, synchronised, true);
      String kind = synchronised ? "synchronised" : "plain";
      cases.add(GradientCase.of("batch norm, " + kind, MAP, (l, x) -> l.norm("n", norm, x)));
      cases.add(
          GradientCase.of(
              "frozen batch norm, " + kind, MAP, (l, x) -> l.norm("n", norm.trainable(false), x)));
      cases.add(
          GradientCase.of(
              "batch norm of vectors, " + kind, Shape.of(6, 5), (l, x) -> l.norm("n", norm, x)));
    }
    cases.add(
        GradientCase.of(
            "convolution with batch norm",
            MAP,
            (l, x) -> l.convNorm("c", Conv.of(3, 3), "n", NORM, x)));
    cases.add(
        GradientCase.of(
            "convolution, batch norm and activation",
            MAP,
            (l, x) -> SMOOTH.conv(l, "c", Conv.of(3, 3), "n", x),
            NormActivation.class));
    cases.add(
        GradientCase.of(
            "group norm", MAP, (l, x) -> new GroupNorm(2, 1e-3).build(l, "n", x), GroupNorm.class));
    return cases;
  }

  /** Times 8, so that the inputs reach all pieces. */
  private static List<GradientCase> activations() {
    List<GradientCase> cases = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      cases.add(
          GradientCase.of(
                  "activation " + activation,
                  Shape.of(2, 3, 4, 3),
                  (l, x) -> activation.apply(l.tf(), l.tf().math.mul(x, l.tf().constant(8f))),
                  Activation.class)
              .inPieces());
    }
    return cases;
  }

  private static List<GradientCase> resamplings() {
    List<GradientCase> cases = new ArrayList<>();
    int[] wider = {11, 15};
    int[] narrower = {4, 5};
    cases.add(
        resampling(
            "bilinear, wider", (l, x) -> Resampling.bilinear(l.tf(), x, l.tf().constant(wider))));
    cases.add(
        resampling(
            "bilinear, narrower",
            (l, x) -> Resampling.bilinear(l.tf(), x, l.tf().constant(narrower))));
    cases.add(
        resampling(
            "nearest, wider", (l, x) -> Resampling.nearest(l.tf(), x, l.tf().constant(wider))));
    cases.add(
        resampling(
            "nearest, narrower",
            (l, x) -> Resampling.nearest(l.tf(), x, l.tf().constant(narrower))));
    cases.add(resampling("pixel replication", (l, x) -> Resampling.replicate(l.tf(), x, 2)));
    cases.add(resampling("global mean", (l, x) -> Resampling.globalMean(l.tf(), x)));
    cases.add(resampling("global maximum", (l, x) -> Resampling.globalMax(l.tf(), x)).inPieces());
    cases.add(resampling("max pool", (l, x) -> Resampling.maxPool(l.tf(), x, 3, 2)).inPieces());
    cases.add(
        resampling(
            "average pool",
            (l, x) -> Resampling.averagePool(l.tf(), x, List.of(2, 2), List.of(2, 2), "SAME")));
    cases.add(
        resampling(
            "valid average pool",
            (l, x) -> Resampling.averagePool(l.tf(), x, List.of(3, 4), List.of(3, 4), "VALID")));
    return cases;
  }

  private static GradientCase resampling(String name, GradientCase.Layer layer) {
    return GradientCase.of(name, MAP, layer, Resampling.class);
  }

  private static List<GradientCase> pyramidPoolings() {
    List<GradientCase> cases = new ArrayList<>();
    for (SpatialPyramidPooling.Version version : SpatialPyramidPooling.Version.values()) {
      for (boolean depthwise : new boolean[] {false, true}) {
        cases.add(pooling(version, depthwise, Optional.empty(), 0, "BILINEAR"));
      }
      cases.add(pooling(version, false, Optional.of(List.of(3, 4)), 0, "BILINEAR"));
    }
    cases.add(
        pooling(SpatialPyramidPooling.Version.V2, false, Optional.of(List.of(3, 4)), 0, "NEAREST"));
    cases.add(
        pooling(SpatialPyramidPooling.Version.V1, false, Optional.empty(), 0.3, "BILINEAR")
            .drawing());
    return cases;
  }

  private static GradientCase pooling(
      SpatialPyramidPooling.Version version,
      boolean depthwise,
      Optional<List<Integer>> kernel,
      double dropout,
      String interpolation) {
    SpatialPyramidPooling pooling =
        new SpatialPyramidPooling(
            version,
            3,
            List.of(2, 3),
            kernel,
            depthwise,
            dropout,
            SpatialPyramidPooling.Interpolation.valueOf(interpolation),
            Initializer.GLOROT_UNIFORM,
            SMOOTH);
    return GradientCase.of(
        "pyramid pooling %s, depthwise %s, kernel %s, dropout %s, %s"
            .formatted(version, depthwise, kernel, dropout, interpolation),
        Shape.of(3, 7, 9, 4),
        (l, x) -> pooling.build(l, "p", x),
        SpatialPyramidPooling.class);
  }
}

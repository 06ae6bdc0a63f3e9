package io.segue.model.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.backbone.Backbone;
import io.segue.model.decoder.Aspp;
import io.segue.model.decoder.Decoder;
import io.segue.model.head.Head;
import io.segue.model.layer.FrozenLayers;
import io.segue.model.layer.Initializer;
import io.segue.model.layer.Layers;
import io.segue.model.layer.VariableStore;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.Conv2d;

/** Gradients of layers, blocks, backbones, decoders and heads against finite differences. */
class GradientsTest {
  private static final List<GradientCase> CASES =
      Stream.of(LayerCases.all(), BlockCases.all(), PartCases.all()).flatMap(List::stream).toList();

  /** What serves, draws initial values, or holds variables is never derived. */
  private static final Set<Class<?>> NOT_DERIVED =
      Set.of(FrozenLayers.class, Initializer.class, VariableStore.class);

  @TestFactory
  Stream<DynamicTest> agreeWithFiniteDifferences() {
    return CASES.stream().map(it -> DynamicTest.dynamicTest(it.name(), it::run));
  }

  @Test
  void noClassThatBuildsLayersIsWithoutACase() {
    Set<Class<?>> builders = new HashSet<>();
    for (Class<?> one : List.of(Layers.class, Backbone.class, Decoder.class, Head.class)) {
      builders.addAll(TrainedClasses.beside(one, Set.of(Layers.class, Ops.class)));
    }
    assertThat(builders).contains(Aspp.class);
    builders.removeAll(NOT_DERIVED);
    CASES.forEach(it -> builders.removeAll(it.subjects()));
    assertThat(builders).as("classes that need a gradient case").isEmpty();
  }

  @Test
  void theWrongGradientOfTheDilationsAttributeIsFound() {
    GradientCase wrong =
        GradientCase.of(
            "dilations attribute",
            LayerCases.MAP,
            (l, x) ->
                l.tf()
                    .nn
                    .conv2d(
                        x,
                        l.weight("kernel", Shape.of(3, 3, 4, 3), Initializer.ZEROS, true),
                        List.of(1L, 1L, 1L, 1L),
                        "SAME",
                        Conv2d.dilations(List.of(1L, 2L, 2L, 1L))));

    assertThatThrownBy(wrong::run).isInstanceOf(AssertionError.class).hasMessageContaining("slope");
  }
}

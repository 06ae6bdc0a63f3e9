package io.segue.model.serve;

import static io.segue.model.serve.ServingModelsTest.SPEC;
import static io.segue.model.serve.ServingModelsTest.frames;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.config.Plan;
import io.segue.model.serve.form.Precision;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FrozenServingModelTest {
  private static final int HEIGHT = 48;
  private static final int WIDTH = 64;

  private final List<String> events = new ArrayList<>();
  private boolean exactFails;
  private Runnable onCompileExactly = () -> {};

  /** In bfloat16 a sixteenth of the pixels is of another class than in float32. */
  private final class Compiled implements CompiledPlan {
    private final Precision precision;

    Compiled(Precision precision) {
      this.precision = precision;
      events.add("compile " + precision);
      if (precision == Precision.FLOAT32) {
        onCompileExactly.run();
      }
    }

    @Override
    public Segmentation run(ByteBuffer rgb, int batch, int height, int width) {
      if (exactFails && precision == Precision.FLOAT32) {
        throw new IllegalStateException("no memory");
      }
      byte[] mask = new byte[batch * height * width];
      if (precision == Precision.BFLOAT16) {
        Arrays.fill(mask, 0, mask.length / 16, (byte) 1);
      }
      return new MaskBatch(mask, new float[batch], height * width);
    }

    @Override
    public PixelScores pixelScores(ByteBuffer rgb, int batch, int height, int width) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      events.add("close " + precision);
    }
  }

  private ServingModel model(Precision form) {
    return new FrozenServingModel<>(
        SPEC, form, Precision.FLOAT32, (plan, it) -> new Compiled(it), false);
  }

  private static Segmentation warm(ServingModel model) {
    return model.warm(frames(1, HEIGHT, WIDTH), 1, HEIGHT, WIDTH, Plan.SINGLE);
  }

  private static OptionalDouble settle(ServingModel model, double least) {
    try (Segmentation masks = warm(model)) {
      return model.settle(masks, frames(1, HEIGHT, WIDTH), 1, HEIGHT, WIDTH, Plan.SINGLE, least);
    }
  }

  @Test
  void servesInBfloat16WhereEnoughPixelsAgree() {
    try (ServingModel model = model(Precision.BFLOAT16)) {
      assertThat(settle(model, 0.9)).hasValue(15 / 16.0);
      assertThat(model.precision()).isEqualTo(Precision.BFLOAT16);
      assertThat(events).containsExactly("compile BFLOAT16", "compile FLOAT32", "close FLOAT32");
    }
  }

  @Test
  void goesOverToFloat32WhereTooFewPixelsAgreeAndCompilesItOnce() {
    try (ServingModel model = model(Precision.BFLOAT16)) {
      assertThat(settle(model, 0.95)).hasValue(15 / 16.0);
      assertThat(model.precision()).isEqualTo(Precision.FLOAT32);
      assertThat(warm(model).mask(0).get(0)).isEqualTo((byte) 0);
      assertThat(settle(model, 0.95)).isEmpty();
    }
    assertThat(events)
        .startsWith("compile BFLOAT16", "compile FLOAT32")
        .hasSize(4)
        .contains("close BFLOAT16", "close FLOAT32");
  }

  @Test
  void servesInBfloat16WithoutAWaitUntilAllPlansAreCompiledInFloat32() {
    Plan other = Plan.parse("s0.5");
    ByteBuffer rgb = frames(1, HEIGHT, WIDTH);
    try (ServingModel model = model(Precision.BFLOAT16)) {
      warm(model).close();
      model.warm(rgb, 1, HEIGHT, WIDTH, other).close();
      onCompileExactly =
          () -> {
            assertThat(model.precision()).isEqualTo(Precision.BFLOAT16);
            assertThat(
                    CompletableFuture.runAsync(
                        () -> model.segment(rgb, 1, HEIGHT, WIDTH, other).close()))
                .succeedsWithin(Duration.ofSeconds(10));
          };
      assertThat(settle(model, 0.95)).hasValue(15 / 16.0);
      assertThat(model.precision()).isEqualTo(Precision.FLOAT32);
      assertThat(events)
          .containsExactly(
              "compile BFLOAT16", "compile BFLOAT16", "compile FLOAT32", "compile FLOAT32");
    }
    assertThat(events.subList(4, 8)).containsOnly("close BFLOAT16", "close FLOAT32");
  }

  @Test
  void refusesAScaleThatLeavesLessThanTheNetworksStride() {
    try (ServingModel model = model(Precision.FLOAT32)) {
      model.requireFits(Plan.parse("s0.5"));
      assertThatThrownBy(() -> model.requireFits(Plan.parse("s0.25")))
          .hasMessageContaining("scale 0.25 makes the network's input 12×16 pixels")
          .hasMessageContaining("at least 16×16");
      assertThat(events).isEmpty();
    }
  }

  @Test
  void comparesNothingInFloat32() {
    try (ServingModel model = model(Precision.FLOAT32)) {
      assertThat(settle(model, 1)).isEmpty();
      assertThat(events).containsExactly("compile FLOAT32");
    }
  }

  @Test
  void aComparisonThatFailsLeavesNothingOpen() {
    exactFails = true;
    try (ServingModel model = model(Precision.BFLOAT16)) {
      assertThatThrownBy(() -> settle(model, 0.9)).hasMessage("no memory");
    }
    assertThat(events)
        .containsExactly("compile BFLOAT16", "compile FLOAT32", "close FLOAT32", "close BFLOAT16");
  }
}

package io.segue.operators.segment;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.form.Precision;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A model whose mask is the red value of each pixel divided by 10, and which fails on a batch that
 * contains a frame whose first red value the script refuses.
 */
public final class ScriptedModel implements ServingModel {
  /** One call to the model. */
  record Call(int batch, int height, int width, Plan plan, List<Integer> firstReds) {}

  public static final Taxonomy TAXONOMY =
      new Taxonomy(
          "test",
          1,
          java.util.stream.IntStream.range(0, 26)
              .mapToObj(i -> new TaxonomyClass("class" + i, i))
              .toList(),
          255);

  final List<Call> calls = new ArrayList<>();
  int open;
  boolean closed;
  IntPredicate failsOn = red -> false;
  Runnable onCall = () -> {};
  float margin = 0.5f;
  float entropy = Float.NaN;
  float variance = Float.NaN;
  double leastScale;
  boolean preparesForBatchSize = true;
  int maxBatchSize = Integer.MAX_VALUE;
  Precision precision = Precision.FLOAT32;
  double agreement = 1;
  @Nullable Error specFailure;
  Runnable onSettle = () -> {};
  Runnable onClose = () -> {};
  private final ModelSpec spec;

  public ScriptedModel() {
    this(TAXONOMY);
  }

  public ScriptedModel(Taxonomy taxonomy) {
    this(taxonomy, 4);
  }

  /** A model whose network takes images of so many pixels in each direction. */
  ScriptedModel(Taxonomy taxonomy, int size) {
    spec =
        new ModelSpec(
            "road",
            SegmentationModelConfig.parse("num_classes: " + taxonomy.size()),
            size,
            size,
            taxonomy);
  }

  @Override
  public ModelSpec spec() {
    if (specFailure != null) {
      throw specFailure;
    }
    return spec;
  }

  @Override
  public Segmentation segment(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    int pixels = height * width;
    List<Integer> reds = new ArrayList<>();
    byte[][] masks = new byte[batch][pixels];
    for (int i = 0; i < batch; i++) {
      reds.add(rgb.get(rgb.position() + 3 * pixels * i) & 0xff);
      for (int p = 0; p < pixels; p++) {
        masks[i][p] = (byte) ((rgb.get(rgb.position() + 3 * (pixels * i + p)) & 0xff) / 10);
      }
    }
    calls.add(new Call(batch, height, width, plan, reds));
    onCall.run();
    if (reds.stream().anyMatch(failsOn::test)) {
      throw new IllegalArgumentException("scripted failure on " + reds);
    }
    open++;
    return new Segmentation() {
      @Override
      public ByteBuffer mask(int index) {
        return ByteBuffer.wrap(masks[index]).asReadOnlyBuffer();
      }

      @Override
      public float margin(int index) {
        return margin;
      }

      @Override
      public float entropy(int index) {
        return entropy;
      }

      @Override
      public float variance(int index) {
        return variance;
      }

      @Override
      public void close() {
        open--;
      }
    };
  }

  @Override
  public OptionalDouble settle(
      Segmentation masks,
      ByteBuffer rgb,
      int batch,
      int height,
      int width,
      Plan plan,
      double least) {
    onSettle.run();
    if (precision == Precision.FLOAT32) {
      return OptionalDouble.empty();
    }
    if (agreement < least) {
      precision = Precision.FLOAT32;
    }
    return OptionalDouble.of(agreement);
  }

  @Override
  public void requireFits(Plan plan) {
    if (plan.scales().stream().anyMatch(scale -> scale < leastScale)) {
      throw new IllegalArgumentException("scripted: plan " + plan.id() + " is too small");
    }
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public int maxBatchSize() {
    return maxBatchSize;
  }

  @Override
  public boolean preparesForBatchSize() {
    return preparesForBatchSize;
  }

  @Override
  public void close() {
    onClose.run();
    closed = true;
  }
}

package io.segue.deploy.bench;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.operators.segment.ModelLoader;
import java.nio.ByteBuffer;

/** A model that infers nothing: what is left is the cost of everything around a network. */
final class NoopModel implements ServingModel {
  private final ModelSpec spec;

  private NoopModel(ModelSpec spec) {
    this.spec = spec;
  }

  /** Loads it whatever the version. */
  static ModelLoader loader(ModelSpec spec) {
    String json = spec.toJson();
    return (model, version) -> new NoopModel(ModelSpec.fromJson(json));
  }

  @Override
  public ModelSpec spec() {
    return spec;
  }

  @Override
  public Segmentation segment(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    ByteBuffer mask = ByteBuffer.allocateDirect(height * width).asReadOnlyBuffer();
    return new Segmentation() {
      @Override
      public ByteBuffer mask(int index) {
        return mask.duplicate();
      }

      @Override
      public float margin(int index) {
        return 1;
      }

      @Override
      public void close() {
        // Nothing is held.
      }
    };
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}

package io.segue.model.serve;

import static io.segue.model.serve.ServingModelsTest.SPEC;
import static io.segue.model.serve.ServingModelsTest.frames;
import static io.segue.model.serve.ServingModelsTest.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.serve.form.Precision;
import io.segue.model.serve.openvino.OpenVinoPrecision;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class MeasuredServingModelTest {
  private static final int PIXELS = 48 * 64;

  private final List<String> built = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();
  private final Map<MeasuredServingModel.Network, String> fastest = new HashMap<>();
  private long now;

  /** An engine whose calls take {@code nanos}, and which has {@code wrong} pixels wrong. */
  private final class Timed implements ServingModel {
    private final String name;
    private final long nanos;
    private final int wrong;

    Timed(String name, long nanos, int wrong) {
      this.name = name;
      this.nanos = nanos;
      this.wrong = wrong;
      built.add(name);
    }

    @Override
    public ModelSpec spec() {
      return SPEC;
    }

    @Override
    public Segmentation segment(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
      now += nanos;
      byte[] mask = new byte[batch * height * width];
      Arrays.fill(mask, 0, wrong, (byte) 1);
      return new MaskBatch(mask, new float[batch], height * width);
    }

    @Override
    public Precision precision() {
      return Precision.BFLOAT16;
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
      return OptionalDouble.of(1 - (double) wrong / PIXELS);
    }

    @Override
    public void close() {
      closed.add(name);
    }
  }

  private MeasuredServingModel.Engine engine(String name, long nanos, int wrong) {
    return new MeasuredServingModel.Engine(name, () -> new Timed(name, nanos, wrong));
  }

  private static MeasuredServingModel.Engine failing() {
    return new MeasuredServingModel.Engine(
        "failing",
        () -> {
          throw new IllegalStateException("cannot start");
        });
  }

  private MeasuredServingModel model(MeasuredServingModel.Engine... engines) {
    return new MeasuredServingModel(SPEC, List.of(engines), fastest, () -> now);
  }

  private static void segment(ServingModel model) {
    model.segment(frames(1, 48, 64), 1, 48, 64, Plan.SINGLE).close();
  }

  @Test
  void servesThroughTheFasterEngineAndClosesTheOther() {
    try (ServingModel model = model(engine("a", 20, 0), engine("b", 10, PIXELS / 200))) {
      segment(model);
      assertThat(closed).containsExactly("a");
      segment(model);
      assertThat(built).containsExactly("a", "b");
    }
    assertThat(closed).containsExactly("a", "b");
  }

  @Test
  void numbersAndTheirAgreementAreThoseOfTheChosenEngine() {
    try (ServingModel model = model(engine("a", 20, 0), engine("b", 10, PIXELS / 256))) {
      assertThat(model.precision()).isEqualTo(Precision.FLOAT32);
      ByteBuffer rgb = frames(1, 48, 64);
      try (Segmentation masks = model.warm(rgb, 1, 48, 64, Plan.SINGLE)) {
        assertThat(model.settle(masks, rgb, 1, 48, 64, Plan.SINGLE, 0.99)).hasValue(255 / 256.0);
      }
      assertThat(model.precision()).isEqualTo(Precision.BFLOAT16);
    }
  }

  @Test
  void laterVersionsOfTheNetworkAreNotMeasured() {
    try (ServingModel model = model(engine("a", 20, 0), engine("b", 10, 0))) {
      segment(model);
    }
    built.clear();
    try (ServingModel later = model(engine("a", 20, 0), engine("b", 10, 0))) {
      segment(later);
    }
    assertThat(built).containsExactly("b");
  }

  @Test
  void pixelsThatDifferRuleAnEngineOutForThisVersionAlone() {
    try (ServingModel model = model(engine("a", 20, 0), engine("b", 10, PIXELS / 50))) {
      segment(model);
      assertThat(closed).containsExactly("b");
      assertThat(fastest).isEmpty();
    }
  }

  @Test
  void anEngineThatFailsIsLeftOutAndTheReferencesFailureIsThrown() {
    try (ServingModel model = model(engine("a", 20, 0), failing())) {
      segment(model);
      assertThat(fastest).isEmpty();
    }
    try (ServingModel model = model(failing(), engine("a", 20, 0))) {
      assertThatThrownBy(() -> segment(model)).hasMessage("cannot start");
    }
  }

  @Test
  void aModelClosedBeforeItsFirstFrameRefusesFrames() {
    ServingModel model = model(engine("a", 20, 0));
    model.close();
    assertThatThrownBy(() -> segment(model)).isInstanceOf(IllegalStateException.class);
    assertThat(built).isEmpty();
  }

  @Test
  void theEnginesThatAreThereAreMeasuredOnARealNetwork() {
    EngineChoice auto = new EngineChoice(ServingEngine.AUTO, Precision.FLOAT32, "", "");
    EngineUnderTest.openVino();
    ByteBuffer rgb = frames(2, 48, 64);
    try (ServingModel model = ServingModels.of(SPEC, weights(SPEC), auto);
        ServingModel reference = ServingModels.of(SPEC, weights(SPEC));
        Segmentation ours = model.segment(rgb, 2, 48, 64, Plan.SINGLE);
        Segmentation theirs = reference.segment(rgb, 2, 48, 64, Plan.SINGLE)) {
      // Near ties may turn in float32.
      assertThat(ours.equalPixelShare(theirs, 2)).isGreaterThan(0.999);
    }
  }

  @Test
  void bothEnginesRunInTurnWithoutDisturbingEachOther() {
    int rounds = Integer.getInteger("segue.openvino.rounds", 3);
    ByteBuffer rgb = frames(1, 48, 64);
    for (int round = 0; round < rounds; round++) {
      try (ServingModel a = ServingModels.of(SPEC, weights(SPEC));
          ServingModel b =
              ServingModels.of(
                  SPEC, weights(SPEC), EngineUnderTest.openVino(), OpenVinoPrecision.FLOAT32)) {
        for (int i = 0; i < 5; i++) {
          try (Segmentation ours = a.segment(rgb, 1, 48, 64, Plan.SINGLE);
              Segmentation theirs = b.segment(rgb, 1, 48, 64, Plan.SINGLE)) {
            // Near ties may turn in float32.
            assertThat(ours.equalPixelShare(theirs, 1)).isGreaterThan(0.999);
          }
        }
      }
    }
  }
}

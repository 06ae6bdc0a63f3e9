package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.segue.connectors.image.ImageLimits;
import io.segue.model.config.Plan;
import io.segue.model.serve.ServingEngine;
import io.segue.model.serve.ServingModel;
import io.segue.operators.FrameRecords;
import io.segue.schemas.avro.InstanceStatusChange;
import io.segue.schemas.avro.ModelState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class ModelHostTest {
  private final Queue<ScriptedModel> loaded = new ConcurrentLinkedQueue<>();

  private ModelHost acquire(ServingOptions options) {
    return ModelHost.acquire(
        "job",
        options,
        (model, version) -> {
          ScriptedModel scripted = new ScriptedModel();
          loaded.add(scripted);
          return scripted;
        },
        ImageLimits.DEFAULT);
  }

  private static void serve(ModelHost host) {
    announce(host);
    await().until(() -> host.readiness("road", 1) == Readiness.READY);
  }

  private static void announce(ModelHost host) {
    host.announce(
        ModelState.newBuilder()
            .setModel("road")
            .setRevision(1)
            .setLive(1)
            .setUpdatedAt(Instant.EPOCH)
            .setReason("test")
            .build());
  }

  private static FrameRequest request() {
    return new FrameRequest(
        "frame", "camera", 1, Plan.SINGLE, 4, 2, Long.MAX_VALUE, () -> FrameRecords.png(4, 2, 1));
  }

  @Test
  void loadsAVersionOnceForAllItsUsersAndFreesItAfterTheLast() {
    ModelHost first = acquire(ServingOptions.DEFAULT);
    ModelHost second = acquire(ServingOptions.DEFAULT);
    assertThat(second).isSameAs(first);
    serve(first);
    assertThat(first.submit(0, "road", request()).join()).isInstanceOf(FrameResult.Segmented.class);
    first.close();
    assertThat(loaded).singleElement().extracting("closed").isEqualTo(false);
    second.close();
    assertThat(loaded).singleElement().extracting("closed").isEqualTo(true);
  }

  /** Loads a model for each device, and none on a device that is broken. */
  private static final class PerDevice implements ModelLoader {
    private static final long serialVersionUID = 1L;

    private final String device;
    private final String broken;
    private final transient Map<String, ScriptedModel> loaded;

    PerDevice(String device, String broken, Map<String, ScriptedModel> loaded) {
      this.device = device;
      this.broken = broken;
      this.loaded = loaded;
    }

    @Override
    public ServingModel load(String model, long version) {
      if (device.equals(broken)) {
        throw new IllegalStateException("out of memory");
      }
      ScriptedModel scripted = new ScriptedModel();
      loaded.put(device, scripted);
      return scripted;
    }

    @Override
    public ModelLoader on(String other) {
      return new PerDevice(other, broken, loaded);
    }
  }

  private static ModelHost onTwoDevices(String broken, Map<String, ScriptedModel> models) {
    return ModelHost.acquire(
        "two",
        EngineFixture.on(ServingEngine.TENSORFLOW, List.of("CPU:0", "CPU:1")),
        new PerDevice("", broken, models),
        ImageLimits.DEFAULT);
  }

  @Test
  void servesEachSlotOnADeviceOfItsOwn() {
    Map<String, ScriptedModel> models = new ConcurrentHashMap<>();
    try (ModelHost host = onTwoDevices("", models)) {
      serve(host);
      assertThat(models).containsOnlyKeys("CPU:0", "CPU:1");
      models.values().forEach(model -> model.calls.clear());
      int first = host.nextSlot();
      int second = host.nextSlot();
      host.submit(first, "road", request()).join();
      host.submit(second, "road", request()).join();
      host.submit(host.nextSlot(), "road", request()).join();
      assertThat(models.get("CPU:0").calls).hasSize(2);
      assertThat(models.get("CPU:1").calls).hasSize(1);
      assertThat(host.drainEvents())
          .extracting(event -> ((InstanceStatusChange) event.getEvent()).getInstance())
          .anyMatch(instance -> instance.endsWith("/CPU:0"))
          .anyMatch(instance -> instance.endsWith("/CPU:1"));
    }
    assertThat(models.values()).allMatch(model -> model.closed);
  }

  @Test
  void aVersionThatOneDeviceRefusesServesOnNone() {
    try (ModelHost host = onTwoDevices("CPU:1", new ConcurrentHashMap<>())) {
      announce(host);
      await().until(() -> host.readiness("road", 1) == Readiness.FAILED);
    }
  }

  @Test
  void doesNotInheritAnEngineThatHung() throws Exception {
    ServingOptions hasty =
        EngineFixture.options(1, Duration.ZERO, 1 << 20, Duration.ofMillis(20), 4L << 30);
    ModelHost hung = acquire(hasty);
    serve(hung);
    Object gate = new Object();
    boolean[] open = {false};
    loaded.element().onCall =
        () -> {
          synchronized (gate) {
            while (!open[0]) {
              try {
                gate.wait();
              } catch (InterruptedException e) {
                return;
              }
            }
          }
        };
    var result = hung.submit(0, "road", request());
    await().until(result::isCompletedExceptionally);
    ModelHost next = acquire(hasty);
    assertThat(next).isNotSameAs(hung);
    synchronized (gate) {
      open[0] = true;
      gate.notifyAll();
    }
    hung.close();
    next.close();
  }
}

package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.segue.connectors.image.ImageLimits;
import io.segue.model.config.Plan;
import io.segue.operators.FrameRecords;
import io.segue.schemas.avro.ModelState;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
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
    host.announce(
        ModelState.newBuilder()
            .setModel("road")
            .setRevision(1)
            .setLive(1)
            .setUpdatedAt(Instant.EPOCH)
            .setReason("test")
            .build());
    await().until(() -> host.readiness("road", 1) == Readiness.READY);
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
    assertThat(first.submit("road", request()).join()).isInstanceOf(FrameResult.Segmented.class);
    first.close();
    assertThat(loaded).singleElement().extracting("closed").isEqualTo(false);
    second.close();
    assertThat(loaded).singleElement().extracting("closed").isEqualTo(true);
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
    var result = hung.submit("road", request());
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

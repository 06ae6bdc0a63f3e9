package io.segue.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.model.config.Plan;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final Plan CHEAP = Plan.parse("s0.5");
  private static final Plan TOO_CHEAP = Plan.parse("s0.25");

  private final EngineFixture fixture = new EngineFixture();

  private ScriptedModel scripted(long version) {
    ScriptedModel model = new ScriptedModel();
    model.preparesForBatchSize = false;
    model.leastScale = 0.5;
    fixture.models.put(version, model);
    return model;
  }

  private List<Plan> plansOf(ScriptedModel model) {
    assertThat(model.open).as("masks that nobody closed").isZero();
    return model.calls.stream().map(ScriptedModel.Call::plan).toList();
  }

  private void serveAFrame(long version) {
    var served = fixture.submit(version, RawCodec.image(8, 6, 10));
    fixture.held.advance(10);
    fixture.held.settle();
    assertThat(served).isCompleted();
  }

  @Test
  void warmsTheFirstVersionUnderThePlansOfALadder() {
    fixture.recent.declare(List.of(Plan.SINGLE, CHEAP, TOO_CHEAP));
    ScriptedModel model = scripted(1);
    fixture.announce(1, null);
    fixture.held.settle();
    assertThat(plansOf(model)).containsExactly(Plan.SINGLE, CHEAP);
  }

  @Test
  void warmsALaterVersionUnderThePlansOfALadderAtTheSizesInUse() {
    fixture.recent.declare(List.of(Plan.SINGLE, CHEAP, TOO_CHEAP));
    scripted(1);
    fixture.announce(1, null);
    fixture.held.settle();
    serveAFrame(1);
    ScriptedModel next = scripted(2);
    fixture.announce(2, 1L);
    fixture.held.settle();
    assertThat(plansOf(next)).containsExactly(Plan.SINGLE, CHEAP);
    assertThat(next.calls).allMatch(call -> call.width() == 8 && call.height() == 6);
  }

  @Test
  void warmsNothingMoreWhereNoLadderIsDeclared() {
    fixture.recent.declare(List.of(CHEAP));
    scripted(1);
    fixture.announce(1, null);
    fixture.held.settle();
    serveAFrame(1);
    ScriptedModel next = scripted(2);
    fixture.announce(2, 1L);
    fixture.held.settle();
    assertThat(plansOf(next)).containsExactly(Plan.SINGLE);
  }
}

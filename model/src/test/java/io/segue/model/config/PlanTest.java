package io.segue.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
  @Test
  void anIdReadsBackToTheSamePlan() {
    Plan plan = new Plan(List.of(0.5, 1.0), true, Averaging.PROBABILITIES);
    assertThat(plan.id()).isEqualTo("s0.5+1+flip-PROBABILITIES");
    assertThat(Plan.SINGLE.id()).isEqualTo("s1");
    for (Plan each : List.of(plan, Plan.SINGLE, new Plan(List.of(1.75), false, Averaging.LOGITS))) {
      assertThat(Plan.parse(each.id())).isEqualTo(each);
    }
  }

  @Test
  void whatIsNoPlanIsRefused() {
    for (String id : List.of("", "1", "s", "sx", "s1-MEAN", "sflip", "s0", "s1+1", "s9")) {
      assertThatThrownBy(() -> Plan.parse(id)).as(id).isInstanceOf(ConfigException.class);
    }
  }
}

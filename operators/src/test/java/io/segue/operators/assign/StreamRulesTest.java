package io.segue.operators.assign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class StreamRulesTest {
  private static final StreamRule ALL = new StreamRule("*", "road", "s1");

  @Test
  void theFirstRuleThatMatchesDecides() {
    StreamRules rules = new StreamRules(List.of(new StreamRule("gate-*", "people", "s1"), ALL));
    assertThat(rules.of("gate-1").model()).isEqualTo("people");
    assertThat(rules.of("camera").model()).isEqualTo("road");
    assertThat(rules.models()).containsExactlyInAnyOrder("people", "road");
  }

  @Test
  void refusesRulesThatLeaveStreamsWithoutAModel() {
    assertThatThrownBy(() -> new StreamRules(List.of(new StreamRule("gate-*", "people", "s1"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'*'");
  }

  @Test
  void refusesAPlanThatIsNone() {
    assertThatThrownBy(() -> new StreamRule("*", "road", "twice")).hasMessageContaining("twice");
  }
}

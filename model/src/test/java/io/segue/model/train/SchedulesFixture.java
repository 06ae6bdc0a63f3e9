package io.segue.model.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.golden.Comparison;
import io.segue.model.golden.FixtureKind;
import io.segue.model.golden.GoldenCase;

/** {@link Schedule}s read from the reference's configuration. */
public final class SchedulesFixture extends FixtureKind {

  @Override
  public String name() {
    return "learning_rate_schedules";
  }

  @Override
  public void compare(GoldenCase fixture, Comparison comparison) {
    JsonNode steps = fixture.json().get("steps");
    for (JsonNode variant : fixture.json().get("variants")) {
      Schedule schedule = OptimizerConfig.parse(variant.get("config").toString()).schedule();
      for (int i = 0; i < steps.size(); i++) {
        comparison.number(
            variant.get("id").asText() + " at " + steps.get(i),
            (float) schedule.at(steps.get(i).asLong()),
            variant.get("values").get(i).asDouble(),
            fixture.tolerance());
      }
    }
  }
}

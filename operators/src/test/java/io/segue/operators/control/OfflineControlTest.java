package io.segue.operators.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.flow.GateResult;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OfflineControlTest {
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(7), ZoneOffset.UTC);

  @Test
  void makesTheFirstVersionLive() throws IOException {
    assertThat(carryOut(Optional.empty(), 1))
        .hasValueSatisfying(
            state -> {
              assertThat(state.getRevision()).isEqualTo(1);
              assertThat(state.getLive()).isEqualTo(1);
              assertThat(state.getUpdatedAt()).isEqualTo(Instant.ofEpochMilli(7));
            });
  }

  @Test
  void goesOnFromTheStateThatIsPublished() throws IOException {
    Optional<ModelState> first = carryOut(Optional.empty(), 1);

    assertThat(carryOut(first, 2))
        .hasValueSatisfying(
            state -> {
              assertThat(state.getRevision()).isEqualTo(2);
              assertThat(state.getPrevious()).isEqualTo(1);
            });
    assertThat(carryOut(first, 1)).as("live already").isEmpty();
  }

  @Test
  void refusesAVersionThatWasNotPublished() {
    assertThatThrownBy(() -> carryOut(Optional.empty(), 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("version 9 is not in the registry; publish it");
  }

  private static Optional<ModelState> carryOut(Optional<ModelState> written, long version)
      throws IOException {
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId("c-" + version)
            .setAction(ControlAction.ACTIVATE)
            .setModel("road")
            .setVersion(version)
            .setRequestedAt(Instant.EPOCH)
            .build();
    return OfflineControl.carryOut(written, command, new TwoVersions(), 3, CLOCK);
  }

  private static final Taxonomy TAXONOMY =
      new Taxonomy("road-1", 1, List.of(new TaxonomyClass("road", 0)), 255);

  private static final class TwoVersions implements PublishedVersions {
    @Override
    public boolean hasModel(String model) {
      return true;
    }

    @Override
    public Optional<Taxonomy> taxonomy(String model, long version) {
      return version == 1 || version == 2 ? Optional.of(TAXONOMY) : Optional.empty();
    }

    @Override
    public long publish(GateResult blessed, long above) {
      throw new UnsupportedOperationException();
    }
  }
}

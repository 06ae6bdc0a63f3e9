package io.segue.operators.control;

import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.ModelState;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;

/**
 * Carries out a command where no learn job runs that would: only one of them may write a model's
 * state at a time. A learn job that starts later takes over what was written, for its revision is
 * the higher one.
 */
public final class OfflineControl {
  private OfflineControl() {}

  /**
   * What a command makes of a model's state.
   *
   * @param written the state that is published, if any
   * @param maxVersions of a model that one serving process holds
   * @return the state to publish; empty if the command changes nothing that is published
   * @throws IllegalArgumentException with the reason and the remedy if the command is refused
   */
  public static Optional<ModelState> carryOut(
      Optional<ModelState> written,
      ControlCommand command,
      PublishedVersions versions,
      int maxVersions,
      Clock clock)
      throws IOException {
    ModelLife life = new ModelLife(command.getModel(), null, versions, maxVersions, clock.millis());
    written.ifPresent(life::adopt);
    try {
      life.carryOut(command);
    } catch (CommandRefusedException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    return life.newState();
  }
}

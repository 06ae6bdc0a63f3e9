package io.segue.operators.control;

import io.segue.connectors.registry.CorruptVersionException;
import io.segue.model.config.Taxonomy;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.VersionStatus;
import io.segue.schemas.flow.ControlStatus;
import java.io.IOException;
import java.util.Optional;

/**
 * Which versions of a model may serve: those that are published, not retired, and have the live
 * version's taxonomy.
 */
final class ServableVersions {
  private final String model;
  private final PublishedVersions versions;
  private final ControlStatus status;

  /**
   * @param status what control knows, at the time of each question
   */
  ServableVersions(String model, PublishedVersions versions, ControlStatus status) {
    this.model = model;
    this.versions = versions;
    this.status = status;
  }

  /** The version that a command names, if it may serve. */
  long named(ControlCommand command) throws CommandRefusedException, IOException {
    long version = version(command);
    require(command, version);
    return version;
  }

  /** The version that a command names, if it is in the registry, in whatever condition. */
  long published(ControlCommand command) throws CommandRefusedException, IOException {
    long version = version(command);
    boolean published;
    try {
      published = versions.taxonomy(model, version).isPresent();
    } catch (CorruptVersionException e) {
      published = true;
    }
    if (!published) {
      throw CommandRefusedException.of(command, missing(version));
    }
    return version;
  }

  private static long version(ControlCommand command) throws CommandRefusedException {
    Long version = command.getVersion();
    if (version == null) {
      throw CommandRefusedException.of(command, "it names no version");
    }
    return version;
  }

  private static String missing(long version) {
    return "version %d is not in the registry; publish it".formatted(version);
  }

  /** Refuses a command with a version that may not serve. */
  void require(ControlCommand command, long version) throws CommandRefusedException, IOException {
    Optional<String> objection = objection(version);
    if (objection.isPresent()) {
      throw CommandRefusedException.of(command, objection.get());
    }
  }

  /** Why a version may not serve, with the remedy; empty if it may. */
  Optional<String> objection(long version) throws IOException {
    if (status.getStatuses().get(Long.toString(version)) == VersionStatus.RETIRED) {
      return Optional.of("version %d is retired; name another".formatted(version));
    }
    Optional<Taxonomy> own;
    try {
      own = versions.taxonomy(model, version);
    } catch (CorruptVersionException e) {
      return Optional.ofNullable(e.getMessage());
    }
    if (own.isEmpty()) {
      return Optional.of(missing(version));
    }
    Optional<Taxonomy> live = ofLive();
    return live.isEmpty() || live.equals(own)
        ? Optional.empty()
        : Optional.of(
            "version %d has taxonomy %s, the live version has %s; publish it under another model's name"
                .formatted(version, text(own.get()), text(live.get())));
  }

  /** Of a live version that cannot be read nothing is known, and nothing holds up its successor. */
  private Optional<Taxonomy> ofLive() throws IOException {
    ModelState state = status.getState();
    if (state == null) {
      return Optional.empty();
    }
    try {
      return versions.taxonomy(model, state.getLive());
    } catch (CorruptVersionException e) {
      return Optional.empty();
    }
  }

  private static String text(Taxonomy taxonomy) {
    return "'%s' version %d with %d classes"
        .formatted(taxonomy.id(), taxonomy.version(), taxonomy.size());
  }
}

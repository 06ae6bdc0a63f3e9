package io.segue.deploy.cli;

import io.segue.schemas.avro.ControlAction;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "model",
    description = {
      "Looks into models, exchanges them with TensorFlow's Model Garden, keeps them in the registry"
          + " and decides which version serves.",
      "activate, rollback, pin, unpin, canary, shadow and retire are carried out by the model's"
          + " learn job."
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    subcommands = {
      ModelInspectCommand.class,
      ModelImportCommand.class,
      ModelExportCommand.class,
      ModelListCommand.class,
      ModelPublishCommand.class
    })
final class ModelCommand implements Runnable {
  private static final String MATCH = "Pattern of stream ids: * and ? as in file names.";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing: inspect, import, export, list, publish, activate, rollback, pin,"
            + " unpin, canary, shadow or retire");
  }

  @Command(
      description = "Makes a version live, at once or for frames captured from a time on.",
      mixinStandardHelpOptions = true)
  void activate(
      @Parameters(paramLabel = "VERSION") long version,
      @Option(
              names = "--at",
              paramLabel = "TIME",
              description = "First capture time that it serves, such as 2026-05-01T06:00:00Z.")
          Optional<Instant> at,
      @Mixin ControlOptions control)
      throws Exception {
    control.run(
        ControlAction.ACTIVATE,
        Optional.of(version),
        at.map(time -> Map.of("activateAt", time.toString())).orElse(Map.of()));
  }

  @Command(
      description = "Goes back to the version before the live one.",
      mixinStandardHelpOptions = true)
  void rollback(
      @Option(names = "--to", paramLabel = "VERSION", description = "To this version instead.")
          Optional<Long> to,
      @Option(
              names = "--from",
              paramLabel = "VERSION",
              description = "Only if this version is still live.")
          Optional<Long> from,
      @Mixin ControlOptions control)
      throws Exception {
    control.run(
        ControlAction.ROLLBACK,
        to,
        from.map(version -> Map.of("from", version.toString())).orElse(Map.of()));
  }

  @Command(
      description = "Keeps streams on a version, whatever is live.",
      mixinStandardHelpOptions = true)
  void pin(
      @Parameters(paramLabel = "VERSION") long version,
      @Option(names = "--match", paramLabel = "PATTERN", required = true, description = MATCH)
          String match,
      @Mixin ControlOptions control)
      throws Exception {
    control.run(ControlAction.PIN, Optional.of(version), Map.of("match", match));
  }

  @Command(description = "Ends a pin.", mixinStandardHelpOptions = true)
  void unpin(
      @Option(names = "--match", paramLabel = "PATTERN", required = true, description = MATCH)
          String match,
      @Mixin ControlOptions control)
      throws Exception {
    control.run(ControlAction.UNPIN, Optional.empty(), Map.of("match", match));
  }

  @Command(
      description = "Tries a version on a share of the streams; without a version the trial ends.",
      mixinStandardHelpOptions = true)
  void canary(
      @Parameters(paramLabel = "VERSION", arity = "0..1") Optional<Long> version,
      @Option(
              names = "--share",
              paramLabel = "SHARE",
              defaultValue = "0.1",
              description = "Share of the streams, above 0 up to 1 (${DEFAULT-VALUE}).")
          double share,
      @Mixin ControlOptions control)
      throws Exception {
    control.run(
        ControlAction.CANARY,
        version,
        version.isPresent() ? Map.of("share", Double.toString(share)) : Map.of());
  }

  @Command(
      description = {
        "Compares a version with the live one on frames that the live one has served; without a"
            + " version the comparison ends."
      },
      mixinStandardHelpOptions = true)
  void shadow(
      @Parameters(paramLabel = "VERSION", arity = "0..1") Optional<Long> version,
      @Mixin ControlOptions control)
      throws Exception {
    control.run(ControlAction.SHADOW, version, Map.of());
  }

  @Command(
      description = "Rules out that a version is activated again.",
      mixinStandardHelpOptions = true)
  void retire(@Parameters(paramLabel = "VERSION") long version, @Mixin ControlOptions control)
      throws Exception {
    control.run(ControlAction.RETIRE, Optional.of(version), Map.of());
  }
}

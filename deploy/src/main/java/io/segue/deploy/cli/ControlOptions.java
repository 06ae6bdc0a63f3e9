package io.segue.deploy.cli;

import io.segue.connectors.kafka.LatestState;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.deploy.config.SegueConfig;
import io.segue.operators.control.OfflineControl;
import io.segue.operators.control.RegistryVersions;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.ModelState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a command for a model's versions is sent, and whether its answer is awaited. */
final class ControlOptions {
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

  @Option(
      names = "--model",
      paramLabel = "NAME",
      required = true,
      description = "Name of the model.")
  private String model = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait for the answer (${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  @Option(names = "--no-wait", description = "Send the command and do not wait for its answer.")
  private boolean noWait;

  @Option(
      names = "--direct",
      description = {
        "Write the model's state instead of asking the learn job to. Only while no learn job runs"
            + " for the model: there is one writer at a time."
      })
  private boolean direct;

  @Option(
      names = "--by",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Who asks, for the records (the name of the user).")
  private String by = "";

  @Mixin private ConfigOptions configuration;

  @Mixin private Console console;

  /**
   * Has a command carried out and prints what became of it.
   *
   * @throws CommandFailedException if it is refused, or if nobody answers in time
   */
  void run(ControlAction action, Optional<Long> version, Map<String, String> arguments)
      throws Exception {
    SegueConfig config = configuration.read();
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId(UUID.randomUUID().toString())
            .setAction(action)
            .setModel(model)
            .setVersion(version.orElse(null))
            .setArguments(arguments)
            .setRequestedBy(by)
            .setRequestedAt(Instant.now())
            .build();
    SegueTopics topics = config.topics().names();
    Optional<ModelState> state = Optional.ofNullable(states(config).get(model));
    if (state.isPresent() && changesNothing(command, state.get())) {
      print(command, ControlAnswer.text(state.get()));
      return;
    }
    try (ControlTopics control = ControlTopics.open(config.kafkaProperties(), topics)) {
      if (direct) {
        print(command, write(control, topics, config, command, state));
      } else {
        String place = control.send(command);
        print(command, noWait ? "sent as " + place : answer(control, command, place));
      }
    }
  }

  /** The published states by model. */
  static Map<String, ModelState> states(SegueConfig config) throws TimeoutException {
    return LatestState.readToEnd(
        config.kafkaProperties(),
        config.topics().names().modelUpdates(),
        ModelState.class,
        READ_TIMEOUT);
  }

  /** An activation of what is live already changes no state, so nobody would answer it. */
  private static boolean changesNothing(ControlCommand command, ModelState state) {
    return command.getAction() == ControlAction.ACTIVATE
        && command.getArguments().isEmpty()
        && Long.valueOf(state.getLive()).equals(command.getVersion())
        && state.getActivations().isEmpty();
  }

  private static String write(
      ControlTopics control,
      SegueTopics topics,
      SegueConfig config,
      ControlCommand command,
      Optional<ModelState> written)
      throws Exception {
    ModelState next =
        OfflineControl.carryOut(
                written,
                command,
                new RegistryVersions(config.registryRoot(), ""),
                config.segment().serving().maxVersions(),
                Clock.systemUTC())
            .orElseThrow(
                () ->
                    new CommandFailedException(
                        "%s changes nothing that serving follows; the learn job keeps it, send it without --direct"
                            .formatted(command.getAction())));
    var unused = control.write(topics.modelUpdates(), next.getModel(), next);
    return ControlAnswer.text(next);
  }

  private String answer(ControlTopics control, ControlCommand command, String place)
      throws ExecutionException, InterruptedException {
    ControlAnswer answer =
        control
            .await(command, place, Duration.ofSeconds(timeoutSeconds))
            .orElseThrow(() -> unanswered(place));
    if (answer.refused()) {
      throw new CommandFailedException(answer.text());
    }
    return answer.text();
  }

  private CommandFailedException unanswered(String place) {
    return new CommandFailedException(
        "no answer within %d s: commands are carried out by the model's learn job, which does so with its next checkpoint once it runs ('segue learn'); this one waits at %s. Where no learn job is to run, repeat it with --direct"
            .formatted(timeoutSeconds, place));
  }

  private void print(ControlCommand command, String state) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("commandId", command.getCommandId());
    result.put("model", model);
    result.put("state", state);
    console.result(result);
  }
}

package io.segue.deploy.cli;

import io.segue.connectors.registry.ModelRegistry;
import io.segue.deploy.config.SegueConfig;
import io.segue.schemas.avro.ModelState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

@Command(
    name = "list",
    description = "Lists the models of the registry, their versions and which of them serve.",
    mixinStandardHelpOptions = true)
final class ModelListCommand implements Callable<Integer> {
  @Mixin private ConfigOptions configuration;

  @Mixin private Console console;

  @Override
  public Integer call() throws Exception {
    SegueConfig config = configuration.read();
    ModelRegistry registry = new ModelRegistry(config.registryRoot());
    Map<String, ModelState> states = states(config);
    Map<String, Object> result = new LinkedHashMap<>();
    for (String model : registry.models()) {
      Map<String, Object> found = new LinkedHashMap<>();
      found.put("versions", registry.versions(model));
      ModelState state = states.get(model);
      if (state != null) {
        found.put("live", state.getLive());
        found.put("state", ControlAnswer.text(state));
      }
      result.put(model, found);
    }
    console.result(result);
    return ExitCode.OK;
  }

  /** The registry can be read without a broker; what serves is left out then. */
  private Map<String, ModelState> states(SegueConfig config) {
    try {
      return ControlOptions.states(config);
    } catch (TimeoutException e) {
      console.progress().println("what serves is not known: " + FailureLine.of(e));
      return Map.of();
    }
  }
}

package io.segue.deploy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Where a command prints: what happens goes to standard error, the result alone to standard output,
 * so that with {@code --json} the last line of standard output is one JSON object.
 */
final class Console {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--json", description = "Print the result as one JSON object in the last line.")
  private boolean json;

  @Option(names = "--verbose", description = "Show stack traces.")
  private boolean verbose;

  boolean verbose() {
    return verbose;
  }

  PrintWriter progress() {
    return command.commandLine().getErr();
  }

  /** Says on standard error that servers are up; scripts wait for this line. */
  void ready(Map<String, ?> addresses) {
    progress().println("ready " + toJson(addresses));
    progress().flush();
  }

  /** Prints the result: one JSON object, or a line for each value. */
  void result(Map<String, ?> values) {
    PrintWriter out = command.commandLine().getOut();
    if (json) {
      out.println(toJson(values));
    } else {
      values.forEach((name, value) -> out.println(name + ": " + value));
    }
    out.flush();
  }

  private static String toJson(Map<String, ?> values) {
    try {
      return JSON.writeValueAsString(values);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a JSON value: " + values, e);
    }
  }
}

package io.segue.deploy.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The {@code segue} command. Exit status 0: done; 1: failed, with one line on standard error (and
 * the stack trace with {@code --verbose}); 2: wrong usage.
 */
@Command(
    name = "segue",
    description = "Segments live video with a model that keeps learning.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    version = "segue 0.1.0",
    subcommands = {
      DemoCommand.class,
      SegmentCommand.class,
      LearnCommand.class,
      TopicsCommand.class,
      ModelCommand.class,
      BenchCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      PredictCommand.class
    })
public final class Segue implements Runnable {
  @Spec private CommandSpec spec;

  private Segue() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Runs the command line and exits the process with its status. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(out, err, args));
  }

  /**
   * Runs the command line in this process.
   *
   * @return the exit status
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine commandLine =
        new CommandLine(new Segue())
            .setOut(out)
            .setErr(err)
            .setExecutionExceptionHandler(Segue::reportFailure)
            .setParameterExceptionHandler(Segue::reportWrongUsage)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(true);
    return commandLine.execute(args);
  }

  private static int reportFailure(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    err.println(command.getCommandSpec().qualifiedName() + ": " + FailureLine.of(failure));
    if (parsed.hasMatchedOption("--verbose")) {
      failure.printStackTrace(err);
    }
    return ExitCode.SOFTWARE;
  }

  private static int reportWrongUsage(ParameterException wrong, String[] args) {
    String name = wrong.getCommandLine().getCommandSpec().qualifiedName();
    wrong
        .getCommandLine()
        .getErr()
        .println(name + ": " + wrong.getMessage() + "; see '" + name + " --help'");
    return ExitCode.USAGE;
  }
}

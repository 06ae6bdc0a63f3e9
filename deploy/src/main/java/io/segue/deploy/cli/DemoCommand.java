package io.segue.deploy.cli;

import io.segue.deploy.demo.Demo;
import io.segue.deploy.demo.DemoOptions;
import io.segue.deploy.demo.DemoReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description = {
      "Shows everything in one process: cameras, a broker, a model that serves and learns, and its"
          + " replacement while the stream runs.",
      "Without --data the cameras see synthetic streets, where dusk falls after a while. Exits with"
          + " 1 if a frame was lost."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
  private static final int STOPPED = 130;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "A labelled folder: train/frames/SEQUENCE_FRAME.jpg, train/labels/SEQUENCE_FRAME.png"
              + " and the same in val.")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long the cameras run; until Ctrl-C where not given.")
  private Optional<Integer> seconds = Optional.empty();

  @Option(names = "--no-ui", description = "Serve no page.")
  private boolean noPage;

  @Option(
      names = "--port",
      paramLabel = "P",
      defaultValue = "8080",
      description = "Port of the page on loopback; 0 for a free one (${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--kafka-port",
      paramLabel = "P",
      defaultValue = "0",
      description = "Port of the broker on loopback; 0 for a free one (${DEFAULT-VALUE}).")
  private int kafkaPort;

  @Option(
      names = "--registry",
      paramLabel = "DIR",
      description =
          "Where versions are kept; the newest one there serves first. Nothing is kept where not"
              + " given.")
  private Optional<Path> registry = Optional.empty();

  @Mixin private Console console;

  @Override
  public Integer call() throws Exception {
    DemoOptions options = new DemoOptions(data, seconds, !noPage, port, kafkaPort, registry);
    try (StopSignal stop = new StopSignal(STOP_TIMEOUT);
        TerminalProgress progress = new TerminalProgress(console)) {
      Optional<DemoReport> report = new Demo(options, progress, stop::requested).run();
      progress.close();
      report.ifPresent(done -> console.result(done.values()));
      if (report.isPresent() && report.get().lostFrames() > 0) {
        throw new CommandFailedException(
            report.get().lostFrames() + " frames have no outcome after 60 seconds");
      }
      return report.isPresent() ? ExitCode.OK : STOPPED;
    }
  }
}

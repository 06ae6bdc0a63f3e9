package io.segue.deploy.cli;

import io.segue.deploy.job.SegmentJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

@Command(
    name = "segment",
    description = "Runs the job that turns frames into masks.",
    mixinStandardHelpOptions = true)
final class SegmentCommand implements Callable<Integer> {
  @Mixin private JobRunner runner;

  @Override
  public Integer call() throws Exception {
    runner.run(
        "segue-segment",
        config -> config.segment().groupId(),
        (env, config) -> SegmentJob.build(env, config.segmentJob()));
    return ExitCode.OK;
  }
}

package io.segue.deploy.cli;

import io.segue.deploy.job.LearnJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

@Command(
    name = "learn",
    description = "Runs the job that learns from labels and publishes new versions.",
    mixinStandardHelpOptions = true)
final class LearnCommand implements Callable<Integer> {
  @Mixin private JobRunner runner;

  @Override
  public Integer call() throws Exception {
    runner.run(
        "segue-learn",
        config -> config.learn().groupId(),
        (env, config) -> LearnJob.build(env, config.learnJob()));
    return ExitCode.OK;
  }
}

package io.segue.deploy.cli;

import io.segue.connectors.kafka.TopicAdmin;
import io.segue.connectors.kafka.TopicSettings;
import io.segue.deploy.config.SegueConfig;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "topics",
    description = "Creates or checks the Kafka topics.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class TopicsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: create or check");
  }

  @Command(
      name = "create",
      description = "Creates the topics that do not exist, and checks the others.",
      mixinStandardHelpOptions = true)
  void create(@Mixin ConfigOptions options, @Mixin Console console) {
    SegueConfig config = options.read();
    try (TopicAdmin admin = new TopicAdmin(config.kafkaProperties())) {
      List<String> created = admin.create(settings(config), config.topics().replication());
      console.result(Map.of("created", created));
    }
  }

  @Command(
      name = "check",
      description = "Checks that each topic is there with what it needs; fails if not.",
      mixinStandardHelpOptions = true)
  void check(@Mixin ConfigOptions options, @Mixin Console console) {
    SegueConfig config = options.read();
    List<TopicSettings> settings = settings(config);
    try (TopicAdmin admin = new TopicAdmin(config.kafkaProperties())) {
      admin.check(settings);
      if (config.streams().stream().anyMatch(stream -> stream.maxAge().isPresent())) {
        admin.checkAppendTime(config.topics().names().frames());
      }
    }
    console.result(Map.of("checked", settings.stream().map(TopicSettings::name).toList()));
  }

  private static List<TopicSettings> settings(SegueConfig config) {
    return config.topics().names().settings(config.topics().partitions());
  }
}

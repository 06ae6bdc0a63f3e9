package io.segue.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segue.connectors.kafka.EmbeddedBroker;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.data.ExampleSource;
import io.segue.model.train.Trainer;
import io.segue.model.train.TrainingJob;
import io.segue.model.train.TrainingOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands for a model's versions where no learn job runs, against a broker and a registry. */
class ModelCommandsITCase {
  private static final String NETWORK =
      """
      num_classes: 2
      input_size: [null, null, 3]
      backbone: {type: mobilenet, mobilenet: {filter_size_scale: 0.25, output_stride: 16}}
      head: {level: 4, num_convs: 0}
      """;

  /** A model of the same versions that is left to what is refused. */
  private static final String OTHER = "other";

  @TempDir private static Path folder;
  private static EmbeddedBroker broker;
  private static Path config;

  @BeforeAll
  static void publishVersions() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
    config =
        Files.writeString(
            folder.resolve("segue.yaml"),
            """
            kafka: {bootstrap.servers: "%s"}
            topics: {partitions: 1}
            registry: %s
            """
                .formatted(broker.bootstrapServers(), folder.resolve("registry").toUri()));
    done("topics", "create");
    for (int version = 1; version <= 3; version++) {
      Path model = folder.resolve("model-" + version);
      Trainer.train(
          TrainingJob.of(
              spec(),
              ExampleSource.of(List.of()),
              TrainingOptions.builder(0, 1).seed(version).build(),
              model));
      assertThat(done("model", "publish", "" + model).get("version").intValue()).isEqualTo(version);
      done("model", "publish", "" + model, "--model", OTHER);
    }
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void versionsGoLiveAndBackAndAreTriedOnSomeStreams() throws Exception {
    assertThat(done("model", "list").get("road").toString()).isEqualTo("{\"versions\":[1,2,3]}");

    assertThat(state("activate", "1")).isEqualTo("live 1 (revision 1)");
    assertThat(state("activate", "2")).isEqualTo("live 2, previous 1 (revision 2)");
    assertThat(state("pin", "1", "--match", "gate-*"))
        .isEqualTo("live 2, previous 1, 'gate-*' on 1 (revision 3)");
    assertThat(state("canary", "3", "--share", "0.5"))
        .contains("'gate-*' on 1, canary 3 for 0.5 of the streams");
    assertThat(state("canary")).doesNotContain("canary");
    assertThat(state("shadow", "3")).contains("shadow 3");
    assertThat(state("shadow")).doesNotContain("shadow");
    assertThat(state("unpin", "--match", "gate-*")).doesNotContain("gate-*");
    assertThat(state("rollback", "--from", "2")).isEqualTo("live 1 (revision 9)");
    assertThat(state("activate", "3", "--at", "2126-05-01T06:00:00Z"))
        .isEqualTo("live 1, 3 from 2126-05-01T06:00:00Z (revision 10)");

    JsonNode listed = done("model", "list").get("road");
    assertThat(listed.get("live").intValue()).isEqualTo(1);
    assertThat(listed.get("state").textValue()).contains("3 from 2126-05-01");
  }

  @Test
  void whatCannotBeDoneIsRefusedWithTheReason() {
    assertThat(refusal("pin", "1", "--match", "*")).contains("no version was activated yet");
    assertThat(refusal("activate", "9")).contains("version 9 is not in the registry; publish it");
    assertThat(run(direct(OTHER, "activate", "1")).status()).isZero();
    assertThat(refusal("canary", "2", "--share", "2")).contains("'share' is '2.0'");
    assertThat(refusal("canary")).contains("there is no canary to end");
    assertThat(refusal("shadow", "1")).contains("version 1 is live");
    assertThat(refusal("unpin", "--match", "x")).contains("no pin has match 'x'");
    assertThat(refusal("rollback")).contains("no previous version is kept");
    assertThat(refusal("retire", "2")).contains("send it without --direct");
  }

  private String state(String command, String... arguments) throws IOException {
    return done(direct("road", command, arguments)).get("state").textValue();
  }

  private String refusal(String command, String... arguments) {
    Run run = run(direct(OTHER, command, arguments));
    assertThat(run.status()).as(run.err()).isEqualTo(1);
    assertThat(run.err().lines()).as("one line of what is wrong").hasSize(1);
    return run.err();
  }

  private static String[] direct(String model, String command, String... arguments) {
    List<String> all = new ArrayList<>(List.of("model", command));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--direct", "--model", model));
    return all.toArray(String[]::new);
  }

  private static JsonNode done(String... arguments) throws IOException {
    Run run = run(arguments);
    assertThat(run.status()).as(run.err()).isZero();
    return new ObjectMapper().readTree(run.out());
  }

  /** How a command ended, and what it printed. */
  private record Run(int status, String out, String err) {}

  private static Run run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--config", "" + config, "--json"));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Segue.run(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    return new Run(status, out.toString(), err.toString());
  }

  private static ModelSpec spec() {
    Taxonomy taxonomy =
        new Taxonomy(
            "road-2",
            1,
            List.of(new TaxonomyClass("road", 0x804080), new TaxonomyClass("other", 0)),
            255);
    return new ModelSpec("road", SegmentationModelConfig.parse(NETWORK), 32, 48, taxonomy);
  }
}

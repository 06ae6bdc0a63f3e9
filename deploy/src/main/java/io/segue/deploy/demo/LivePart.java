package io.segue.deploy.demo;

import io.segue.connectors.kafka.EmbeddedBroker;
import io.segue.connectors.kafka.SegueTopics;
import io.segue.connectors.kafka.TopicAdmin;
import io.segue.connectors.payload.PayloadStore;
import io.segue.deploy.demo.count.Counts;
import io.segue.deploy.demo.count.LearnedContents;
import io.segue.deploy.demo.count.ServedScores;
import io.segue.deploy.demo.count.TopicObserver;
import io.segue.deploy.demo.count.TopicReader;
import io.segue.deploy.demo.play.FramePlayer;
import io.segue.deploy.demo.play.KafkaOutput;
import io.segue.deploy.demo.play.LabelPlayer;
import io.segue.deploy.page.PageServer;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.function.BooleanSupplier;

/** The part of a demo in which everything runs: from the start of the broker to the last mask. */
final class LivePart {
  private static final int PARTITIONS = 4;
  private static final long LABEL_JITTER_MILLIS = 4_000;
  private static final long LABEL_SEED = 11;
  private static final long AWAIT_MILLIS = 60_000;
  private static final long TICK_MILLIS = 50;
  private static final long STATUS_MILLIS = 1_000;

  /**
   * What was counted.
   *
   * @param latencyMillisP50 half of the masks were visible within this time
   * @param latencyMillisP99 99 of 100 were
   */
  record Result(Counts counts, OptionalLong latencyMillisP50, OptionalLong latencyMillisP99) {}

  private final DemoOptions options;
  private final DemoSetting setting;
  private final WorkDirectory work;
  private final String registryUri;
  private final long first;
  private final DemoProgress progress;
  private final BooleanSupplier stopped;
  private final Clock clock = Clock.systemUTC();
  private final SegueTopics topics = new SegueTopics();
  private final LearnedContents learned = new LearnedContents();
  private final LivePicture picture;
  private final TopicObserver observer;

  LivePart(
      DemoOptions options,
      DemoSetting setting,
      WorkDirectory work,
      String registryUri,
      long first,
      ServedScores scores,
      DemoProgress progress,
      BooleanSupplier stopped) {
    this.options = options;
    this.setting = setting;
    this.work = work;
    this.registryUri = registryUri;
    this.first = first;
    this.progress = progress;
    this.stopped = stopped;
    picture = new LivePicture(setting.footage().streams(), scores, progress::event);
    observer =
        new TopicObserver(
            topics, new PayloadStore(work.uri("payloads"))::get, scores, learned, picture, clock);
  }

  /** Runs until the time is over and every frame has its outcome; empty if it was stopped. */
  Optional<Result> run() throws Exception {
    progress.phase("starting the broker");
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(work.resolve("broker"), options.kafkaPort())) {
      Properties kafka = broker.clientProperties();
      try (TopicAdmin admin = new TopicAdmin(kafka)) {
        admin.create(topics.settings(PARTITIONS), 1);
      }
      progress.phase("starting the jobs");
      try (KafkaOutput output = new KafkaOutput(kafka);
          DemoJobs jobs = new DemoJobs(work)) {
        DemoPipeline pipeline = new DemoPipeline(setting, work, registryUri, kafka, topics);
        jobs.start("learn", 1, pipeline::learn);
        pipeline.activate(first, output, jobs::check);
        jobs.start("segment", 2, pipeline::segment);
        try (TopicReader reader = new TopicReader(kafka, observer.topics(), observer::record);
            AutoCloseable page = page(broker)) {
          return play(output, jobs, reader);
        }
      }
    }
  }

  private AutoCloseable page(EmbeddedBroker broker) throws IOException {
    Map<String, Object> addresses = new LinkedHashMap<>();
    addresses.put("bootstrapServers", broker.bootstrapServers());
    addresses.put("pid", ProcessHandle.current().pid());
    if (!options.page()) {
      progress.ready(addresses);
      return () -> {};
    }
    PageServer server = new PageServer(options.pagePort(), picture);
    addresses.put("uiUrl", server.url());
    progress.ready(addresses);
    return server;
  }

  private Optional<Result> play(KafkaOutput output, DemoJobs jobs, TopicReader reader)
      throws InterruptedException {
    long start = clock.millis();
    long end = options.seconds().map(seconds -> start + seconds * 1000L).orElse(Long.MAX_VALUE);
    LabelPlayer labels =
        new LabelPlayer(
            setting.footage().taxonomy(),
            topics.labels(),
            output,
            learned::labelSent,
            setting.labelDelayMillis(),
            LABEL_JITTER_MILLIS,
            LABEL_SEED);
    FramePlayer frames =
        new FramePlayer(
            setting.footage(),
            topics.frames(),
            output,
            (id, shot, captureMillis) -> {
              observer.taken(id, shot);
              labels.taken(id, shot, captureMillis);
            },
            setting.framesPerSecond(),
            start);
    picture.describedBy(() -> line(start));
    long nextStatus = start;
    for (long now = start; now < end && !stopped.getAsBoolean(); now = clock.millis()) {
      long due = frames.advance(now);
      labels.advance(now);
      if (now >= nextStatus) {
        jobs.check();
        reader.check();
        progress.status(line(start));
        nextStatus = now + STATUS_MILLIS;
      }
      Thread.sleep(Math.min(TICK_MILLIS, Math.max(1, due - clock.millis())));
    }
    output.flush();
    await(frames.played(), jobs, reader);
    return stopped.getAsBoolean()
        ? Optional.empty()
        : Optional.of(
            new Result(
                observer.counts(), observer.latencyMillis(0.5), observer.latencyMillis(0.99)));
  }

  /** Waits until every frame that was sent was read and has its committed outcome. */
  private void await(long sent, DemoJobs jobs, TopicReader reader) throws InterruptedException {
    progress.phase("waiting for the last masks");
    long deadline = clock.millis() + AWAIT_MILLIS;
    while (clock.millis() < deadline && !stopped.getAsBoolean()) {
      Counts counts = observer.counts();
      if (counts.framesIn() >= sent && counts.lostFrames() == 0) {
        return;
      }
      jobs.check();
      reader.check();
      Thread.sleep(TICK_MILLIS);
    }
  }

  private String line(long start) {
    return picture.line(observer.counts(), (clock.millis() - start) / 1000.0);
  }
}

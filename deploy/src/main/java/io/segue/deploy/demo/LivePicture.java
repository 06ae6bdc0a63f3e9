package io.segue.deploy.demo;

import io.segue.deploy.demo.count.Counts;
import io.segue.deploy.demo.count.ServedScores;
import io.segue.deploy.demo.count.TopicObserver;
import io.segue.deploy.demo.footage.Shot;
import io.segue.deploy.page.PageState;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.ImageEncoding;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.VersionStatusChange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What page and terminal show of a running demo. Safe for use by several threads. */
final class LivePicture implements PageState, TopicObserver.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(LivePicture.class);
  private static final int EVENTS = 12;

  private record Served(Mask mask, Picture frame, Picture overlay) {}

  private final List<String> streams;
  private final ServedScores scores;
  private final Consumer<String> events;
  private final Map<String, Served> served = new ConcurrentHashMap<>();
  private final Map<Long, String> statuses = new TreeMap<>();
  private final Deque<String> latest = new ArrayDeque<>();
  private volatile Supplier<String> line = () -> "";

  /**
   * @param events hears of each event as a line
   */
  LivePicture(List<String> streams, ServedScores scores, Consumer<String> events) {
    this.streams = List.copyOf(streams);
    this.scores = scores;
    this.events = events;
  }

  /** Tells where the status line comes from. */
  void describedBy(Supplier<String> status) {
    line = status;
  }

  /** One line on how things stand. */
  String line(Counts counts, double seconds) {
    String miou =
        scores.lastMiou().isPresent()
            ? "%.3f".formatted(scores.lastMiou().getAsDouble())
            : "not yet measured";
    return "%d frames, %.1f a second; version %d live; mIoU %s; %d swaps"
        .formatted(
            counts.masksOut(),
            counts.masksOut() / Math.max(1, seconds),
            counts.liveVersion(),
            miou,
            counts.swaps());
  }

  @Override
  public void served(Mask mask, byte[] png, Shot shot) {
    String type = shot.encoding() == ImageEncoding.PNG ? "image/png" : "image/jpeg";
    served.put(
        mask.getId().getStreamId(),
        new Served(mask, new Picture(type, shot.image()), new Picture("image/png", png)));
  }

  @Override
  public void happened(ModelEvent event) {
    String told = EventLine.of(event);
    synchronized (this) {
      if (event.getEvent() instanceof VersionStatusChange change && event.getVersion() > 0) {
        statuses.put(event.getVersion(), change.getStatus().toString());
      }
      latest.addFirst(told);
      if (latest.size() > EVENTS) {
        latest.removeLast();
      }
    }
    LOG.info("{}", told);
    events.accept(told);
  }

  @Override
  public void gaveUp(DeadLetter letter) {
    LOG.info(
        "Dead letter {}, {}: {}", letter.getLetterId(), letter.getCause(), letter.getMessage());
  }

  @Override
  public List<String> streams() {
    return streams;
  }

  @Override
  public Optional<Picture> frame(String stream) {
    return Optional.ofNullable(served.get(stream)).map(Served::frame);
  }

  @Override
  public Optional<Picture> mask(String stream) {
    return Optional.ofNullable(served.get(stream)).map(Served::overlay);
  }

  @Override
  public synchronized Map<String, ?> summary() {
    Map<Long, Double> miou = scores.versionMiou();
    List<Map<String, Object>> versions = new ArrayList<>();
    TreeSet<Long> known = new TreeSet<>(statuses.keySet());
    known.addAll(miou.keySet());
    for (long version : known) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("version", version);
      row.put("status", statuses.getOrDefault(version, ""));
      row.put("miou", miou.get(version));
      versions.add(row);
    }
    return Map.of(
        "line", line.get(),
        "streams", streams.stream().filter(served::containsKey).map(this::stream).toList(),
        "versions", versions,
        "events", List.copyOf(latest));
  }

  private Map<String, Object> stream(String id) {
    Mask mask = Objects.requireNonNull(served.get(id)).mask();
    return Map.of("id", id, "version", mask.getVersion(), "ordinal", mask.getOrdinal());
  }
}

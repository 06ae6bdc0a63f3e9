package io.segue.operators.replay;

import static io.segue.operators.record.Samples.offer;
import static org.assertj.core.api.Assertions.assertThat;

import io.segue.schemas.flow.ReplayOffer;
import io.segue.schemas.flow.ShardManifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayBufferTest {
  private static final int CAPACITY = 5;
  private static final long CLOSE_AFTER = 1000;
  private static final long RETENTION = 10_000;

  @TempDir Path folder;

  private KeyedOneInputStreamOperatorTestHarness<String, ReplayOffer, ShardManifest> buffer;

  /** The time that a harness was given last. */
  private static final class HarnessClock extends Clock {
    private static long now;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(now);
    }
  }

  @BeforeEach
  void open() throws Exception {
    HarnessClock.now = 0;
    buffer = harness(folder);
    buffer.open();
  }

  @AfterEach
  void close() throws Exception {
    buffer.close();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, ReplayOffer, ShardManifest> harness(
      Path folder) throws Exception {
    Sampling sampling = new Sampling(1, CAPACITY, 1, null);
    ReplayOptions options =
        new ReplayOptions(
            folder.toUri().toString(),
            sampling,
            sampling,
            2,
            1 << 20,
            Duration.ofMillis(CLOSE_AFTER),
            Duration.ofMillis(RETENTION),
            1);
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new ReplayBuffer(options, new HarnessClock())),
        ReplayBuffer::shardKey,
        Types.STRING);
  }

  private static void time(
      KeyedOneInputStreamOperatorTestHarness<String, ReplayOffer, ShardManifest> harness, long now)
      throws Exception {
    HarnessClock.now = now;
    harness.setProcessingTime(now);
  }

  /** Sequences 0 to 19, each ranked by its distance from 10.1. */
  private static List<ReplayOffer> offers() {
    List<ReplayOffer> offers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      offers.add(offer(i, Math.abs(i - 10.1), 0));
    }
    return offers;
  }

  private static void offerAll(
      KeyedOneInputStreamOperatorTestHarness<String, ReplayOffer, ShardManifest> harness,
      List<ReplayOffer> offers)
      throws Exception {
    for (ReplayOffer offer : offers) {
      harness.processElement(offer, 0);
    }
  }

  private static ShardManifest last(
      KeyedOneInputStreamOperatorTestHarness<String, ReplayOffer, ShardManifest> harness) {
    List<ShardManifest> manifests = harness.extractOutputValues();
    return manifests.get(manifests.size() - 1);
  }

  private List<ReplayManifest.Entry> listed() throws Exception {
    return ReplayFolder.manifest(last(buffer).getUri()).entries();
  }

  private static List<Long> sequences(List<ReplayManifest.Entry> entries) {
    return entries.stream().map(ReplayManifest.Entry::sequence).toList();
  }

  private long files(String prefix) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith(prefix)).count();
    }
  }

  private static void checkpoint(
      KeyedOneInputStreamOperatorTestHarness<String, ReplayOffer, ShardManifest> harness, long id)
      throws Exception {
    harness.snapshot(id, 0);
    harness.notifyOfCompletedCheckpoint(id);
  }

  @Test
  void keepsTheLowestRanksWhateverTheOrder() throws Exception {
    List<ReplayOffer> offers = offers();
    Collections.shuffle(offers, new Random(5));
    offerAll(buffer, offers);
    time(buffer, CLOSE_AFTER);

    assertThat(sequences(listed())).containsExactly(10L, 11L, 9L, 12L, 8L);
  }

  @Test
  void closesASegmentWhenItIsFullOrOldEnough() throws Exception {
    offerAll(buffer, offers().subList(0, 3));
    assertThat(files("segment-")).isEqualTo(1);
    time(buffer, CLOSE_AFTER);

    assertThat(files("segment-")).isEqualTo(2);
    assertThat(sequences(listed())).containsExactlyInAnyOrder(0L, 1L, 2L);
  }

  @Test
  void countsALabelThatComesTwiceOnceAndKeepsTheHigherRevision() throws Exception {
    offerAll(buffer, List.of(offer(1, 0.5, 0), offer(1, 0.5, 0), offer(1, 0.5, 2)));
    offerAll(buffer, List.of(offer(1, 0.5, 1)));
    time(buffer, CLOSE_AFTER);

    assertThat(last(buffer).getAccepted()).isEqualTo(2);
    assertThat(listed()).extracting(ReplayManifest.Entry::labelRevision).containsExactly(2);
  }

  @Test
  void tellsOfLabelsThatChangedNothing() throws Exception {
    offerAll(buffer, offers());
    time(buffer, CLOSE_AFTER);
    ShardManifest before = last(buffer);
    offerAll(buffer, List.of(offer(99, 1000, 0)));
    time(buffer, 2 * CLOSE_AFTER);

    assertThat(last(buffer).getAccepted()).isEqualTo(before.getAccepted() + 1);
    assertThat(last(buffer).getUri()).isEqualTo(before.getUri());
  }

  @Test
  void holdsTheSameAfterARestoreInMidStreamAsUndisturbed() throws Exception {
    List<ReplayOffer> offers = offers();
    Collections.shuffle(offers, new Random(9));
    offerAll(buffer, offers);
    time(buffer, CLOSE_AFTER);
    List<Long> undisturbed = sequences(listed());

    Path other = folder.resolve("other");
    OperatorSubtaskState snapshot;
    try (var first = harness(other)) {
      first.open();
      offerAll(first, offers.subList(0, 7));
      snapshot = first.snapshot(1, 0);
      offerAll(first, offers.subList(7, 12));
    }
    try (var second = harness(other)) {
      second.initializeState(snapshot);
      second.open();
      offerAll(second, offers.subList(7, 20));
      time(second, 2 * CLOSE_AFTER);

      List<ReplayManifest.Entry> entries = ReplayFolder.manifest(last(second).getUri()).entries();
      assertThat(sequences(entries)).isEqualTo(undisturbed);
      assertThat(last(second).getAccepted()).isEqualTo(20);
      assertThat(entries)
          .allMatch(entry -> Files.exists(other.resolve("training/0000").resolve(entry.segment())));
    }
  }

  @Test
  void aReaderSeesWhatACompletedCheckpointHolds() throws Exception {
    ReplayFolder reader = new ReplayFolder(folder.toUri().toString());
    offerAll(buffer, offers().subList(0, 4));
    buffer.snapshot(1, 0);
    offerAll(buffer, offers().subList(4, 6));
    assertThat(reader.current()).isEmpty();

    buffer.notifyOfCompletedCheckpoint(1);
    assertThat(sequences(reader.current().get(0).entries()))
        .containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
  }

  @Test
  void aReaderSeesACheckpointWhoseCompletionOnlyTheNextProcessKnows() throws Exception {
    offerAll(buffer, offers().subList(0, 4));
    OperatorSubtaskState snapshot = buffer.snapshot(1, 0);
    try (var restored = harness(folder)) {
      restored.initializeState(snapshot);
      restored.open();
      time(restored, 2000);
      restored.snapshot(2, 0);
      restored.notifyOfCompletedCheckpoint(2);
    }
    List<ReplayManifest> current = new ReplayFolder(folder.toUri().toString()).current();
    assertThat(current).hasSize(1);
    assertThat(sequences(current.get(0).entries())).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
  }

  @Test
  void keepsAFileWhileACheckpointMayNameIt() throws Exception {
    offerAll(buffer, offers());
    long all = files("segment-");
    time(buffer, 3 * RETENTION);

    assertThat(files("segment-")).isGreaterThanOrEqualTo(all);
  }

  @Test
  void deletesAFileOnceNothingCanNameItAnyMore() throws Exception {
    offerAll(buffer, offers());
    time(buffer, CLOSE_AFTER);
    long all = files("segment-");
    checkpoint(buffer, 1);
    checkpoint(buffer, 2);
    time(buffer, CLOSE_AFTER + 1);
    checkpoint(buffer, 3);
    checkpoint(buffer, 4);
    time(buffer, 3 * RETENTION);

    assertThat(files("segment-")).isLessThan(all);
    assertThat(files("manifest-")).isEqualTo(1);
    assertThat(listed())
        .allMatch(entry -> Files.exists(folder.resolve("training/0000").resolve(entry.segment())));
  }
}

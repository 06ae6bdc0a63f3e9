package io.segue.operators.replay;

import io.segue.operators.record.FrameIds;
import io.segue.operators.record.LabelOrder;
import io.segue.operators.record.SideOutputs;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.flow.ReplayEntry;
import io.segue.schemas.flow.ReplayOffer;
import io.segue.schemas.flow.ShardManifest;
import io.segue.schemas.flow.ShardStatus;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keeps the labelled frames with the lowest ranks, shard by shard (the key is {@link #shardKey}),
 * and announces each new manifest.
 *
 * <p>What a shard holds is a function of the set of its offers: of two labels of one frame the
 * higher one counts ({@link LabelOrder}), of the frames those with the lowest ranks. Open entries
 * lie in keyed state, closed ones in immutable segments with only their place in state; a segment
 * is closed when it is full or {@link ReplayOptions#closeAfter()} after its first entry. A restored
 * job therefore finds every segment that its state names, and writes what came later into new ones.
 *
 * <p>A file is deleted when no live entry has named it for {@link ReplayOptions#retention()},
 * counted from the restore if there was one, and enough checkpoints have completed since.
 */
public final class ReplayBuffer extends KeyedProcessFunction<String, ReplayOffer, ShardManifest>
    implements CheckpointedFunction, CheckpointListener {
  private static final long LOOK_AGAIN_MILLIS = 1000;

  private final ReplayOptions options;
  private final Clock clock;

  private transient ReplayFolder folder;
  private transient ShardState state;
  private transient Map<String, BottomK> kept;
  private transient CommittedManifests committed;
  private transient long openedAt;
  private transient Counter repeats;

  /**
   * A buffer with these options.
   *
   * @param clock serializable, such as {@link Clock#systemUTC()}; the clock of processing time
   */
  public ReplayBuffer(ReplayOptions options, Clock clock) {
    this.options = options;
    this.clock = clock;
  }

  /** Key of the shard that an offer belongs to. */
  public static String shardKey(ReplayOffer offer) {
    return shardKey(offer.getPart(), offer.getShard());
  }

  /** Key of a shard. */
  public static String shardKey(String part, int shard) {
    return new Shard(part, shard).key();
  }

  @Override
  public void open(OpenContext context) {
    state = new ShardState(getRuntimeContext());
    folder = new ReplayFolder(options.root());
    committed = new CommittedManifests(folder, options.retainedCheckpoints());
    kept = new HashMap<>();
    openedAt = clock.millis();
    repeats = getRuntimeContext().getMetricGroup().counter("repeatedLabels");
  }

  @Override
  public void processElement(ReplayOffer offer, Context context, Collector<ShardManifest> out)
      throws Exception {
    Shard shard = Shard.of(context.getCurrentKey());
    long now = context.timerService().currentProcessingTime();
    String key = FrameIds.text(offer.getId());
    Optional<ReplayEntry> known = state.entry(key);
    if (known.isPresent() && !supersedes(offer, known.get())) {
      repeats.inc();
      return;
    }
    ShardStatus counters = state.status();
    counters.setAccepted(counters.getAccepted() + 1);
    BottomK ranks = ranks(shard);
    if (known.isPresent()) {
      ranks.remove(known.get().getRank(), key);
      state.remove(key, counters, now);
    }
    Optional<String> loser = ranks.offer(offer.getRank(), key);
    if (!loser.equals(Optional.of(key))) {
      if (loser.isPresent()) {
        state.remove(loser.get(), counters, now);
      }
      state.add(key, offer, counters);
    }
    if (counters.getOpenEntries() >= options.segmentEntries()
        || counters.getOpenBytes() >= options.segmentBytes()) {
      publish(shard, counters, now, context, out);
    } else if (counters.getDueAt() == 0) {
      counters.setDueAt(now + options.closeAfter().toMillis());
      context.timerService().registerProcessingTimeTimer(counters.getDueAt());
    }
    state.update(counters);
  }

  private static boolean supersedes(ReplayOffer offer, ReplayEntry known) {
    return LabelOrder.compare(
            offer.getRevision(), offer.getAnnotator(), known.getRevision(), known.getAnnotator())
        > 0;
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<ShardManifest> out)
      throws Exception {
    Shard shard = Shard.of(context.getCurrentKey());
    ShardStatus counters = state.status();
    if (counters.getDueAt() != 0 && counters.getDueAt() <= time) {
      publish(shard, counters, time, context, out);
      state.update(counters);
    } else {
      makeCurrent(shard, counters, time, context);
    }
    deleteDropped(shard, time);
    if (state.hasDropped()) {
      context.timerService().registerProcessingTimeTimer(nextSweep(time));
    }
  }

  /** Closes the open segment, lists what is live and announces it. */
  private void publish(
      Shard shard, ShardStatus counters, long now, Context context, Collector<ShardManifest> out)
      throws Exception {
    counters.setDueAt(0L);
    if (counters.getOpenEntries() > 0) {
      closeSegment(shard, counters);
      counters.setRevision(counters.getRevision() + 1);
      ReplayManifest manifest = list(shard, counters.getRevision());
      if (counters.getManifest() != null) {
        state.drop(counters.getManifest(), now);
        context.timerService().registerProcessingTimeTimer(nextSweep(now));
      }
      counters.setManifest(folder.writeManifest(manifest));
      counters.setListed((long) manifest.entries().size());
    }
    if (counters.getManifest() == null) {
      return;
    }
    String uri = folder.uri(shard.part(), shard.number(), counters.getManifest());
    makeCurrent(shard, counters, now, context);
    out.collect(
        new ShardManifest(
            shard.part(),
            shard.number(),
            counters.getRevision(),
            uri,
            counters.getListed(),
            counters.getAccepted()));
    context.output(SideOutputs.METRICS, entries(shard, counters, uri, now));
  }

  /**
   * Has the next checkpoint make the shard's manifest the current one, and looks again until one
   * has: a process may go after a checkpoint is complete and before it hears of it.
   */
  private void makeCurrent(Shard shard, ShardStatus counters, long now, Context context) {
    String manifest = counters.getManifest();
    if (manifest != null && !committed.isCurrent(shard, manifest)) {
      committed.announce(shard, manifest);
      context.timerService().registerProcessingTimeTimer(now + LOOK_AGAIN_MILLIS);
    }
  }

  private void closeSegment(Shard shard, ShardStatus counters) throws Exception {
    List<Map.Entry<String, byte[]>> examples = new ArrayList<>();
    for (Map.Entry<String, byte[]> example : state.openExamples()) {
      examples.add(Map.entry(example.getKey(), example.getValue()));
    }
    examples.sort(Map.Entry.comparingByKey());
    List<byte[]> bytes = examples.stream().map(Map.Entry::getValue).toList();
    state.close(examples, folder.writeSegment(shard.part(), shard.number(), bytes), counters);
  }

  private ReplayManifest list(Shard shard, long revision) throws Exception {
    List<ReplayManifest.Entry> entries = new ArrayList<>();
    for (Map.Entry<String, ReplayEntry> stored : state.entries()) {
      ReplayEntry entry = stored.getValue();
      entries.add(
          new ReplayManifest.Entry(
              entry.getId().getStreamId(),
              entry.getId().getEpoch(),
              entry.getId().getSequence(),
              entry.getCaptureTime(),
              entry.getRank(),
              entry.getWeight(),
              entry.getRevision(),
              entry.getAnnotator(),
              entry.getSegment(),
              entry.getOffset(),
              entry.getLength()));
    }
    entries.sort(
        Comparator.comparingDouble(ReplayManifest.Entry::rank)
            .thenComparing(ReplayManifest.Entry::identity));
    return new ReplayManifest(shard.part(), shard.number(), revision, entries);
  }

  private static Metric entries(Shard shard, ShardStatus counters, String uri, long now) {
    return Metric.newBuilder()
        .setName("buffer/entries")
        .setTime(Instant.ofEpochMilli(now))
        .setValue((double) counters.getListed())
        .setAttributes(
            Map.of(
                "part", shard.part(),
                "shard", Integer.toString(shard.number()),
                "revision", Long.toString(counters.getRevision()),
                "accepted", Long.toString(counters.getAccepted()),
                "manifest", uri))
        .build();
  }

  /** The ranks of a shard's entries, which after a restore are gathered from the index once. */
  private BottomK ranks(Shard shard) throws Exception {
    BottomK ranks = kept.get(shard.key());
    if (ranks == null) {
      ranks = new BottomK(options.sampling(shard.part()).capacityOf(shard.number()));
      for (Map.Entry<String, ReplayEntry> stored : state.entries()) {
        ranks.offer(stored.getValue().getRank(), stored.getKey());
      }
      kept.put(shard.key(), ranks);
    }
    return ranks;
  }

  private void deleteDropped(Shard shard, long now) throws Exception {
    long retention = options.retention().toMillis();
    if (now - openedAt < retention) {
      return;
    }
    long before = Math.min(now - retention, committed.safeBefore());
    for (String file : state.droppedBefore(before)) {
      folder.delete(shard.part(), shard.number(), file);
      state.forget(file);
    }
  }

  private long nextSweep(long now) {
    long step = Math.max(1, options.retention().toMillis() / 2);
    return (now / step + 1) * step;
  }

  /** Keyed state alone is restored. */
  @Override
  public void initializeState(FunctionInitializationContext context) {}

  @Override
  public void snapshotState(FunctionSnapshotContext context) {
    committed.checkpoint(context.getCheckpointId(), clock.millis());
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws IOException {
    committed.complete(checkpointId);
  }
}

package io.segue.operators.replay;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Follows the checkpoints: makes a manifest current only once a checkpoint that contains it has
 * completed, so that a reader of the folder never sees entries that a restore takes back, and knows
 * from when on no retained checkpoint names a dropped file.
 */
final class CommittedManifests {
  private record Snapshot(long time, Map<Shard, String> manifests) {}

  private final ReplayFolder folder;
  private final int retained;
  private final Map<Shard, String> announced = new HashMap<>();
  private final NavigableMap<Long, Snapshot> pending = new TreeMap<>();
  private final Deque<Long> completedTimes = new ArrayDeque<>();
  private final Map<Shard, String> current = new HashMap<>();

  CommittedManifests(ReplayFolder folder, int retained) {
    this.folder = folder;
    this.retained = retained;
  }

  void announce(Shard shard, String manifest) {
    announced.put(shard, manifest);
  }

  void checkpoint(long id, long now) {
    pending.put(id, new Snapshot(now, Map.copyOf(announced)));
    announced.clear();
  }

  void complete(long id) throws IOException {
    Snapshot snapshot = pending.get(id);
    if (snapshot == null) {
      return;
    }
    Map<Shard, String> manifests = new HashMap<>();
    pending.headMap(id, true).values().forEach(earlier -> manifests.putAll(earlier.manifests()));
    pending.headMap(id, true).clear();
    completedTimes.addLast(snapshot.time());
    if (completedTimes.size() > retained + 1) {
      completedTimes.removeFirst();
    }
    for (Map.Entry<Shard, String> entry : manifests.entrySet()) {
      folder.publish(entry.getKey().part(), entry.getKey().number(), entry.getValue());
    }
    current.putAll(manifests);
  }

  /** Whether this process has made a manifest the current one of its shard. */
  boolean isCurrent(Shard shard, String manifest) {
    return manifest.equals(current.get(shard));
  }

  /**
   * A file dropped before this time is named by no retained checkpoint; {@link Long#MIN_VALUE}
   * until enough checkpoints have completed in this process. One more than Flink retains, as one of
   * them may be a savepoint, which takes no checkpoint's place.
   */
  long safeBefore() {
    return completedTimes.size() > retained ? completedTimes.getFirst() : Long.MIN_VALUE;
  }
}

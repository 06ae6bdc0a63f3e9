package io.segue.operators.replay;

import io.segue.model.data.SegmentationExample;
import io.segue.schemas.flow.ShardManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The entries of several shards at one moment: what a run trains on or a gate judges on. Its order,
 * and each order drawn from it, is a function of the entries and the seed alone. Entries are read
 * from their segments when they are asked for.
 */
public final class ReplaySnapshot {
  private record Located(String manifestUri, ReplayManifest.Entry entry) {}

  private final List<ReplayManifest> manifests = new ArrayList<>();
  private final List<Located> entries = new ArrayList<>();

  private ReplaySnapshot() {}

  /**
   * Reads the manifests.
   *
   * @throws IOException if one is gone or damaged
   */
  public static ReplaySnapshot of(List<ShardManifest> shards) throws IOException {
    ReplaySnapshot snapshot = new ReplaySnapshot();
    for (ShardManifest shard : shards) {
      ReplayManifest manifest = ReplayFolder.manifest(shard.getUri());
      snapshot.manifests.add(manifest);
      manifest.entries().forEach(entry -> snapshot.entries.add(new Located(shard.getUri(), entry)));
    }
    return snapshot;
  }

  /** Number of entries. */
  public int size() {
    return entries.size();
  }

  /** The manifests that it is made of. */
  public List<ReplayManifest> manifests() {
    return List.copyOf(manifests);
  }

  /**
   * All examples in their own order, to be gone through as often as needed. Reading errors surface
   * as {@link UncheckedIOException}.
   */
  public Iterable<SegmentationExample> examples() {
    return () -> {
      Iterator<Located> next = entries.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return next.hasNext();
        }

        @Override
        public SegmentationExample next() {
          return read(next.next());
        }
      };
    };
  }

  /** All examples in an order drawn by the seed. */
  public Stream<SegmentationExample> shuffled(long seed) {
    List<Located> order = new ArrayList<>(entries);
    Collections.shuffle(order, new Random(seed));
    return order.stream().map(ReplaySnapshot::read);
  }

  private static SegmentationExample read(Located located) {
    try {
      return ReplayFolder.examples(located.manifestUri(), List.of(located.entry())).get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "frame %s of %s cannot be read"
              .formatted(located.entry().identity(), located.manifestUri()),
          e);
    }
  }
}

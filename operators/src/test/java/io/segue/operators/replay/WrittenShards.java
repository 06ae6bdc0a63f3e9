package io.segue.operators.replay;

import io.segue.model.data.SegmentationExample;
import io.segue.schemas.flow.ShardManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Writes a shard of examples as the replay buffer would, for tests of what reads it. */
public final class WrittenShards {
  private WrittenShards() {}

  /** Writes one segment and its manifest. */
  public static ShardManifest write(String root, String part, List<SegmentationExample> examples)
      throws IOException {
    ReplayFolder folder = new ReplayFolder(root);
    List<byte[]> bytes = examples.stream().map(SegmentationExample::toTfExample).toList();
    ReplayFolder.Segment segment = folder.writeSegment(part, 0, bytes);
    List<ReplayManifest.Entry> entries = new ArrayList<>();
    for (int i = 0; i < bytes.size(); i++) {
      long offset = segment.offsets().get(i);
      int length = bytes.get(i).length;
      entries.add(
          new ReplayManifest.Entry(
              "cam", 1000, i, 0, i, 1, 0, "ann", segment.name(), offset, length));
    }
    String name = folder.writeManifest(new ReplayManifest(part, 0, 1, entries));
    return new ShardManifest(
        part, 0, 1L, folder.uri(part, 0, name), (long) entries.size(), (long) entries.size());
  }
}

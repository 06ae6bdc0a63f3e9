package io.segue.operators.replay;

import io.segue.schemas.flow.DroppedFile;
import io.segue.schemas.flow.ReplayEntry;
import io.segue.schemas.flow.ReplayOffer;
import io.segue.schemas.flow.ShardStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;

/** The keyed state of one shard: its index, its open segment, and what waits to be deleted. */
final class ShardState {
  private final MapState<String, ReplayEntry> index;
  private final MapState<String, byte[]> open;
  private final MapState<String, Long> live;
  private final MapState<String, DroppedFile> dropped;
  private final ValueState<ShardStatus> status;

  ShardState(RuntimeContext context) {
    index = map(context, "replay-index", new AvroTypeInfo<>(ReplayEntry.class));
    open = map(context, "replay-open", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
    live = map(context, "replay-segments", Types.LONG);
    dropped = map(context, "replay-dropped", new AvroTypeInfo<>(DroppedFile.class));
    status =
        context.getState(
            new ValueStateDescriptor<>("replay-status", new AvroTypeInfo<>(ShardStatus.class)));
  }

  private static <V> MapState<String, V> map(
      RuntimeContext context, String name, TypeInformation<V> type) {
    return context.getMapState(new MapStateDescriptor<>(name, Types.STRING, type));
  }

  /** The counters, to be changed and given back to {@link #update}. */
  ShardStatus status() throws IOException {
    ShardStatus stored = status.value();
    return stored == null
        ? ShardStatus.newBuilder().build()
        : ShardStatus.newBuilder(stored).build();
  }

  void update(ShardStatus changed) throws IOException {
    status.update(changed);
  }

  Optional<ReplayEntry> entry(String key) throws Exception {
    return Optional.ofNullable(index.get(key));
  }

  Iterable<Map.Entry<String, ReplayEntry>> entries() throws Exception {
    return index.entries();
  }

  /** Takes an offer into the index and the open segment. */
  void add(String key, ReplayOffer offer, ShardStatus counters) throws Exception {
    byte[] example = new byte[offer.getExample().remaining()];
    offer.getExample().duplicate().get(example);
    index.put(
        key,
        ReplayEntry.newBuilder()
            .setId(offer.getId())
            .setRank(offer.getRank())
            .setWeight(offer.getWeight())
            .setCaptureTime(offer.getCaptureTime())
            .setRevision(offer.getRevision())
            .setAnnotator(offer.getAnnotator())
            .build());
    open.put(key, example);
    counters.setOpenEntries(counters.getOpenEntries() + 1);
    counters.setOpenBytes(counters.getOpenBytes() + example.length);
  }

  /** Takes an entry out; a segment that loses its last one is dropped. */
  void remove(String key, ShardStatus counters, long now) throws Exception {
    ReplayEntry entry = index.get(key);
    index.remove(key);
    if (entry.getSegment() == null) {
      byte[] example = open.get(key);
      open.remove(key);
      counters.setOpenEntries(counters.getOpenEntries() - 1);
      counters.setOpenBytes(counters.getOpenBytes() - example.length);
      return;
    }
    long left = live.get(entry.getSegment()) - 1;
    if (left > 0) {
      live.put(entry.getSegment(), left);
    } else {
      live.remove(entry.getSegment());
      drop(entry.getSegment(), now);
    }
  }

  /** The examples of the open segment by their keys. */
  Iterable<Map.Entry<String, byte[]>> openExamples() throws Exception {
    return open.entries();
  }

  /** Notes where the open entries now lie, and opens a new segment. */
  void close(
      List<Map.Entry<String, byte[]>> written, ReplayFolder.Segment segment, ShardStatus counters)
      throws Exception {
    for (int i = 0; i < written.size(); i++) {
      String key = written.get(i).getKey();
      ReplayEntry entry = ReplayEntry.newBuilder(index.get(key)).build();
      entry.setSegment(segment.name());
      entry.setOffset(segment.offsets().get(i));
      entry.setLength(written.get(i).getValue().length);
      index.put(key, entry);
    }
    live.put(segment.name(), (long) written.size());
    open.clear();
    counters.setOpenEntries(0L);
    counters.setOpenBytes(0L);
  }

  /** Puts a file that nothing live names any more on the list of those to be deleted. */
  void drop(String file, long now) throws Exception {
    dropped.put(file, new DroppedFile(now));
  }

  /** Files dropped before {@code time}. */
  List<String> droppedBefore(long time) throws Exception {
    List<String> files = new ArrayList<>();
    for (Map.Entry<String, DroppedFile> entry : dropped.entries()) {
      if (entry.getValue().getDroppedAt() < time) {
        files.add(entry.getKey());
      }
    }
    return files;
  }

  boolean hasDropped() throws Exception {
    return !dropped.isEmpty();
  }

  void forget(String file) throws Exception {
    dropped.remove(file);
  }
}

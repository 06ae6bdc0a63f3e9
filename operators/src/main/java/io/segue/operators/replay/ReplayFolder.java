package io.segue.operators.replay;

import io.segue.connectors.file.RecordPlace;
import io.segue.connectors.file.TfRecordFiles;
import io.segue.connectors.file.WholeFile;
import io.segue.model.data.SegmentationExample;
import io.segue.model.data.TfRecordWriter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * The folder of the replay buffer: {@code <root>/<part>/<shard>/} with immutable segments
 * (TFRecord), immutable manifests (JSON) and {@code CURRENT}, which names the manifest of the last
 * completed checkpoint. {@code <root>/snapshots/} lists what each training run was given.
 */
public final class ReplayFolder {
  private static final String CURRENT = "CURRENT";
  private static final String SNAPSHOTS = "snapshots";
  private static final long MAX_BYTES = 1 << 30;

  private final Path root;

  /**
   * @param rootUri URI of the folder on a Flink file system
   */
  public ReplayFolder(String rootUri) {
    this.root = new Path(rootUri);
  }

  /**
   * The manifests of all shards as of the last completed checkpoint, training and holdout alike.
   * Entries of segments that are still open are not among them; each closes within {@link
   * ReplayOptions#closeAfter()}.
   */
  public List<ReplayManifest> current() throws IOException {
    List<ReplayManifest> manifests = new ArrayList<>();
    for (Path part : folders(root)) {
      for (Path shard : folders(part)) {
        Optional<String> name = read(new Path(shard, CURRENT)).map(ReplayFolder::text);
        if (name.isPresent()) {
          manifests.add(manifest(new Path(shard, name.get()).toString()));
        }
      }
    }
    return manifests;
  }

  /** Reads one manifest. */
  public static ReplayManifest manifest(String uri) throws IOException {
    Optional<byte[]> json = read(new Path(uri));
    if (json.isEmpty()) {
      throw new IOException("replay manifest %s is gone".formatted(uri));
    }
    return ReplayManifest.fromJson(json.get());
  }

  /**
   * Reads labelled frames.
   *
   * @param manifestUri the manifest that lists the entries
   * @param entries all of one segment; in ascending order of their offsets for speed
   * @return in the order of the entries
   * @throws IOException if the segment is gone or damaged
   */
  public static List<SegmentationExample> examples(
      String manifestUri, List<ReplayManifest.Entry> entries) throws IOException {
    if (entries.isEmpty()) {
      return List.of();
    }
    Path segment = new Path(new Path(manifestUri).getParent(), entries.get(0).segment());
    List<RecordPlace> places =
        entries.stream().map(entry -> new RecordPlace(entry.offset(), entry.length())).toList();
    return TfRecordFiles.readAll(segment.toString(), places);
  }

  /** A segment as written: its name and the offset of each record. */
  record Segment(String name, List<Long> offsets) {}

  /** Writes a segment under a name that no earlier attempt has used. */
  Segment writeSegment(String part, int shard, Collection<byte[]> examples) throws IOException {
    String name = "segment-%s.tfrecord".formatted(UUID.randomUUID());
    List<Long> offsets = new ArrayList<>(examples.size());
    WholeFile.write(
        new Path(folder(part, shard), name),
        out -> {
          TfRecordWriter writer = new TfRecordWriter(Channels.newChannel(out));
          for (byte[] example : examples) {
            offsets.add(writer.write(example));
          }
          writer.flush();
        });
    return new Segment(name, offsets);
  }

  /** Writes a manifest under a name that no earlier attempt has used, and returns its name. */
  String writeManifest(ReplayManifest manifest) throws IOException {
    String name = "manifest-%d-%s.json".formatted(manifest.revision(), UUID.randomUUID());
    WholeFile.write(new Path(folder(manifest.part(), manifest.shard()), name), manifest.toJson());
    return name;
  }

  /** Where the list of the frames lies that a training run was given; it is kept for ever. */
  public String snapshotUri(String requestId) {
    return new Path(root, SNAPSHOTS + "/" + requestId + ".json").toString();
  }

  /** Writes the list of the frames that a training run is given. */
  public void writeSnapshot(String requestId, ReplaySnapshot snapshot) throws IOException {
    WholeFile.write(new Path(snapshotUri(requestId)), ReplayManifest.toJson(snapshot.manifests()));
  }

  /** Makes a manifest the current one of its shard, in one step where the file system can. */
  void publish(String part, int shard, String manifest) throws IOException {
    WholeFile.write(
        new Path(folder(part, shard), CURRENT), manifest.getBytes(StandardCharsets.UTF_8));
  }

  void delete(String part, int shard, String name) throws IOException {
    Path file = new Path(folder(part, shard), name);
    file.getFileSystem().delete(file, false);
  }

  String uri(String part, int shard, String name) {
    return new Path(folder(part, shard), name).toString();
  }

  private Path folder(String part, int shard) {
    return new Path(root, "%s/%04d".formatted(part, shard));
  }

  private static Optional<byte[]> read(Path file) throws IOException {
    try {
      return Optional.of(WholeFile.read(file, MAX_BYTES));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private static List<Path> folders(Path parent) throws IOException {
    FileSystem files = parent.getFileSystem();
    if (!files.exists(parent)) {
      return List.of();
    }
    List<Path> folders = new ArrayList<>();
    for (FileStatus status : files.listStatus(parent)) {
      if (status.isDir()) {
        folders.add(status.getPath());
      }
    }
    folders.sort(Comparator.comparing(Path::getName));
    return folders;
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}

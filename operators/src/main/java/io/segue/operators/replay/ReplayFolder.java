package io.segue.operators.replay;

import io.segue.model.data.TfRecordCompression;
import io.segue.model.data.TfRecordReader;
import io.segue.model.data.TfRecordWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystem.WriteMode;
import org.apache.flink.core.fs.Path;

/**
 * The folder of the replay buffer: {@code <root>/<part>/<shard>/} with immutable segments
 * (TFRecord), immutable manifests (JSON) and {@code CURRENT}, which names the manifest of the last
 * completed checkpoint.
 */
public final class ReplayFolder {
  private static final String CURRENT = "CURRENT";

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
   * Reads the {@code tf.train.Example} of one entry.
   *
   * @param manifestUri the manifest that lists the entry
   * @throws IOException if the segment is gone or damaged there
   */
  public static byte[] example(String manifestUri, ReplayManifest.Entry entry) throws IOException {
    Path segment = new Path(new Path(manifestUri).getParent(), entry.segment());
    FSDataInputStream in = segment.getFileSystem().open(segment);
    in.seek(entry.offset());
    try (TfRecordReader reader =
        new TfRecordReader(
            Channels.newChannel(in),
            segment.toString(),
            TfRecordCompression.NONE,
            entry.offset())) {
      return reader
          .read()
          .orElseThrow(
              () ->
                  new IOException(
                      "segment %s ends before offset %d, where a manifest has a record"
                          .formatted(segment, entry.offset())));
    }
  }

  /** A segment as written: its name and the offset of each record. */
  record Segment(String name, List<Long> offsets) {}

  /** Bytes of a TFRecord with a payload of this length. */
  static long framed(int payload) {
    return 16L + payload;
  }

  /** Writes a segment under a name that no earlier attempt has used. */
  Segment writeSegment(String part, int shard, Collection<byte[]> examples) throws IOException {
    String name = "segment-%s.tfrecord".formatted(UUID.randomUUID());
    List<Long> offsets = new ArrayList<>(examples.size());
    FSDataOutputStream out = create(new Path(folder(part, shard), name), WriteMode.NO_OVERWRITE);
    try (TfRecordWriter writer = new TfRecordWriter(Channels.newChannel(out))) {
      for (byte[] example : examples) {
        offsets.add(writer.write(example));
      }
      writer.flush();
    }
    return new Segment(name, offsets);
  }

  /** Writes a manifest under a name that no earlier attempt has used, and returns its name. */
  String writeManifest(ReplayManifest manifest) throws IOException {
    String name = "manifest-%d-%s.json".formatted(manifest.revision(), UUID.randomUUID());
    write(new Path(folder(manifest.part(), manifest.shard()), name), manifest.toJson());
    return name;
  }

  /** Makes a manifest the current one of its shard, in one step where the file system can. */
  void publish(String part, int shard, String manifest) throws IOException {
    Path current = new Path(folder(part, shard), CURRENT);
    Path fresh = current.suffix("-" + UUID.randomUUID());
    write(fresh, manifest.getBytes(StandardCharsets.UTF_8));
    FileSystem files = current.getFileSystem();
    if (!files.rename(fresh, current)) {
      files.delete(current, false);
      if (!files.rename(fresh, current)) {
        throw new IOException("%s cannot be renamed to %s".formatted(fresh, current));
      }
    }
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

  private static void write(Path file, byte[] bytes) throws IOException {
    try (FSDataOutputStream out = create(file, WriteMode.NO_OVERWRITE)) {
      out.write(bytes);
    }
  }

  private static FSDataOutputStream create(Path file, WriteMode mode) throws IOException {
    FileSystem files = file.getFileSystem();
    files.mkdirs(file.getParent());
    return files.create(file, mode);
  }

  private static Optional<byte[]> read(Path file) throws IOException {
    FileSystem files = file.getFileSystem();
    if (!files.exists(file)) {
      return Optional.empty();
    }
    try (FSDataInputStream in = files.open(file)) {
      return Optional.of(in.readAllBytes());
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
    folders.sort(null);
    return folders;
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}

package io.segue.connectors.file;

import io.segue.model.data.CorruptRecordException;
import io.segue.model.data.SegmentationExample;
import io.segue.model.data.TfRecordCompression;
import io.segue.model.data.TfRecordReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * TFRecord files of {@link SegmentationExample}s: written once, visible when complete, read from
 * the beginning or at a place. A payload whose checksum does not match is never handed out.
 */
public final class TfRecordFiles {
  private TfRecordFiles() {}

  /** Begins a file, not compressed; it is visible once {@link SegmentWriter#commit()} returned. */
  public static SegmentWriter create(String uri) throws IOException {
    return new SegmentWriter(new Path(uri));
  }

  /**
   * Opens a file at its beginning.
   *
   * @throws FileNotFoundException if it is not there
   */
  public static TfRecordReader open(String uri) throws IOException {
    return open(uri, TfRecordCompression.NONE);
  }

  /**
   * Opens a file at its beginning.
   *
   * @throws FileNotFoundException if it is not there
   */
  public static TfRecordReader open(String uri, TfRecordCompression compression)
      throws IOException {
    Path file = new Path(uri);
    return new TfRecordReader(
        Channels.newChannel(WholeFile.fileSystem(file).open(file)), uri, compression);
  }

  /**
   * Reads one entry.
   *
   * @param place what {@link SegmentWriter#append} returned
   * @throws FileNotFoundException if the file is not there
   * @throws CorruptRecordException if no whole record of that length lies at the place
   */
  public static SegmentationExample read(String uri, RecordPlace place) throws IOException {
    return readAll(uri, List.of(place)).get(0);
  }

  /**
   * Reads several entries of one file, which is opened once.
   *
   * @param places in ascending order for speed
   * @return in the order of the places
   * @throws FileNotFoundException if the file is not there
   * @throws CorruptRecordException if no whole record of that length lies at a place
   */
  public static List<SegmentationExample> readAll(String uri, List<RecordPlace> places)
      throws IOException {
    Path file = new Path(uri);
    List<SegmentationExample> examples = new ArrayList<>(places.size());
    try (FSDataInputStream in = WholeFile.fileSystem(file).open(file)) {
      for (RecordPlace place : places) {
        in.seek(place.offset());
        examples.add(SegmentationExample.fromTfExample(payload(in, uri, place)));
      }
    }
    return examples;
  }

  private static byte[] payload(InputStream in, String uri, RecordPlace place) throws IOException {
    InputStream framed = new BoundedStream(in, place.framedLength());
    TfRecordReader reader =
        new TfRecordReader(
            Channels.newChannel(framed), uri, TfRecordCompression.NONE, place.offset());
    byte[] payload = reader.read().orElse(null);
    if (payload == null || payload.length != place.length()) {
      throw new IOException(
          "%s holds no record of %d bytes at %d; the file is not the one that was written"
              .formatted(uri, place.length(), place.offset()));
    }
    return payload;
  }

  /** Deletes a file; one that is not there already is fine. */
  public static void delete(String uri) throws IOException {
    Path file = new Path(uri);
    WholeFile.fileSystem(file).delete(file, false);
  }

  /**
   * The complete files of a directory, by name; none if the directory is not there.
   *
   * @return uris
   */
  public static List<String> list(String directoryUri) throws IOException {
    Path directory = new Path(directoryUri);
    FileSystem fileSystem = WholeFile.fileSystem(directory);
    FileStatus[] entries =
        fileSystem.exists(directory) ? fileSystem.listStatus(directory) : new FileStatus[0];
    return Arrays.stream(entries == null ? new FileStatus[0] : entries)
        .filter(entry -> !entry.isDir() && !entry.getPath().getName().startsWith("."))
        .map(entry -> entry.getPath().toString())
        .sorted()
        .toList();
  }
}

package io.segue.connectors.file;

import io.segue.model.data.SegmentationExample;
import io.segue.model.data.TfRecordWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem.WriteMode;
import org.apache.flink.core.fs.Path;

/**
 * Writes one TFRecord file. Nothing is visible under its name before {@link #commit()}, all of it
 * after; a writer that is closed without leaves nothing. Not thread-safe.
 */
public final class SegmentWriter implements AutoCloseable {
  private final Path file;
  private final Path hidden;
  private final TfRecordWriter records;
  private int count;
  private boolean finished;

  SegmentWriter(Path file) throws IOException {
    this.file = file;
    this.hidden = WholeFile.hidden(file);
    FSDataOutputStream out = WholeFile.fileSystem(file).create(hidden, WriteMode.NO_OVERWRITE);
    this.records = new TfRecordWriter(Channels.newChannel(out));
  }

  /** Appends an example and says where it will be found. */
  public RecordPlace append(SegmentationExample example) throws IOException {
    byte[] payload = example.toTfExample();
    RecordPlace place = new RecordPlace(records.write(payload), payload.length);
    count++;
    return place;
  }

  /** Bytes of the file so far. */
  public long bytes() {
    return records.offset();
  }

  /** Records so far. */
  public int count() {
    return count;
  }

  /** Uri of the file to be. */
  public String uri() {
    return file.toString();
  }

  /** Makes the file visible under its name, in place of one that had it; no append may follow. */
  public void commit() throws IOException {
    finished = true;
    try {
      records.close();
      WholeFile.rename(hidden, file);
    } catch (IOException | RuntimeException e) {
      WholeFile.discard(hidden, e);
      throw e;
    }
  }

  /** Drops what was not committed. */
  @Override
  public void close() throws IOException {
    if (!finished) {
      finished = true;
      records.close();
      WholeFile.fileSystem(hidden).delete(hidden, false);
    }
  }
}

package io.segue.model.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Writes and reads examples in tests. */
final class SourcesOfExamples {
  private SourcesOfExamples() {}

  /** A file whose examples are called {@code prefix-0}, {@code prefix-1}, …. */
  static Path records(Path file, String prefix, int count) {
    try (TfRecordWriter writer =
        new TfRecordWriter(Channels.newChannel(Files.newOutputStream(file)))) {
      for (int i = 0; i < count; i++) {
        writer.write(example(prefix + "-" + i).toTfExample());
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SegmentationExample example(String source) {
    return new SegmentationExample(source, new byte[] {1, 2, 3}, new byte[] {4}, 1, 1);
  }

  static List<String> names(ExampleSource source, long seed) {
    try (Stream<SegmentationExample> pass = source.open(seed)) {
      return pass.map(SegmentationExample::sourceId).toList();
    }
  }
}

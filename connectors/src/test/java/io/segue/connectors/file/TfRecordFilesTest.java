package io.segue.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.model.data.CorruptRecordException;
import io.segue.model.data.SegmentationExample;
import io.segue.model.data.TfRecordReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TfRecordFilesTest {
  @TempDir private Path dir;
  private String uri;

  @BeforeEach
  void name() {
    uri = dir.resolve("segment-1.tfrecord").toUri().toString();
  }

  @Test
  void isInvisibleUntilItIsCommitted() throws IOException {
    try (SegmentWriter writer = TfRecordFiles.create(uri)) {
      writer.append(example(0));
      assertThat(TfRecordFiles.list(dir.toUri().toString())).isEmpty();
      writer.commit();
    }
    assertThat(TfRecordFiles.list(dir.toUri().toString()))
        .singleElement()
        .asString()
        .endsWith("segment-1.tfrecord");
  }

  @Test
  void leavesNothingBehindWithoutACommit() throws IOException {
    try (SegmentWriter writer = TfRecordFiles.create(uri)) {
      writer.append(example(0));
    }
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void findsEachEntryAtItsPlaceInAnyOrder() throws IOException {
    List<RecordPlace> places = write(20);
    for (int i = 19; i >= 0; i--) {
      assertThat(TfRecordFiles.read(uri, places.get(i))).isEqualTo(example(i));
    }
    assertThat(TfRecordFiles.readAll(uri, List.of(places.get(7), places.get(3))))
        .containsExactly(example(7), example(3));
  }

  @Test
  void readsFromTheBeginningInOrder() throws IOException {
    write(3);
    List<SegmentationExample> read = new ArrayList<>();
    try (TfRecordReader reader = TfRecordFiles.open(uri)) {
      for (var record = reader.read(); record.isPresent(); record = reader.read()) {
        read.add(SegmentationExample.fromTfExample(record.get()));
      }
    }
    assertThat(read).containsExactly(example(0), example(1), example(2));
  }

  @Test
  void neverHandsOutAChangedByte() throws IOException {
    List<RecordPlace> places = write(3);
    Path file = dir.resolve("segment-1.tfrecord");
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) places.get(1).offset() + 40] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> TfRecordFiles.read(uri, places.get(1)))
        .isInstanceOf(CorruptRecordException.class)
        .hasMessageContaining("segment-1.tfrecord");
    assertThat(TfRecordFiles.read(uri, places.get(2))).isEqualTo(example(2));
  }

  @Test
  void refusesAPlaceThatIsNoRecordsPlace() throws IOException {
    RecordPlace first = write(2).get(0);
    for (RecordPlace wrong :
        List.of(
            new RecordPlace(first.offset() + 1, first.length()),
            new RecordPlace(first.offset(), first.length() - 1),
            new RecordPlace(first.offset(), first.length() + 1),
            new RecordPlace(1_000_000, 10))) {
      assertThatThrownBy(() -> TfRecordFiles.read(uri, wrong))
          .as("%s", wrong)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void deletesAFileOnceOrTwice() throws IOException {
    RecordPlace place = write(1).get(0);
    TfRecordFiles.delete(uri);
    TfRecordFiles.delete(uri);
    assertThatThrownBy(() -> TfRecordFiles.read(uri, place))
        .isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void listsNothingInADirectoryThatIsNotThere() throws IOException {
    assertThat(TfRecordFiles.list(dir.resolve("absent").toUri().toString())).isEmpty();
  }

  private List<RecordPlace> write(int count) throws IOException {
    List<RecordPlace> places = new ArrayList<>();
    try (SegmentWriter writer = TfRecordFiles.create(uri)) {
      for (int i = 0; i < count; i++) {
        places.add(writer.append(example(i)));
      }
      assertThat(writer.count()).isEqualTo(count);
      writer.commit();
      assertThat(Files.size(dir.resolve("segment-1.tfrecord"))).isEqualTo(writer.bytes());
    }
    return places;
  }

  private static SegmentationExample example(int i) {
    byte[] image = new byte[50 + 13 * i];
    image[0] = (byte) i;
    return new SegmentationExample("frame-" + i, image, new byte[] {1, 2, (byte) i}, 3, 4);
  }
}

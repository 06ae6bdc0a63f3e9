package io.segue.model.data;

import static io.segue.model.data.SourcesOfExamples.names;
import static io.segue.model.data.SourcesOfExamples.records;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Example;

class TfRecordSourceTest {
  @TempDir Path folder;
  private List<Path> files;

  @BeforeEach
  void writeShards() {
    files =
        List.of(
            records(folder.resolve("train-0"), "a", 3),
            records(folder.resolve("train-1"), "b", 2),
            records(folder.resolve("train-2"), "c", 1));
  }

  @Test
  void readsFilesInTheirOrderWhereNothingElseIsAsked() {
    assertThat(names(new TfRecordSource(files, RecordOrder.SEQUENTIAL), 1))
        .containsExactly("a-0", "a-1", "a-2", "b-0", "b-1", "c-0");
  }

  @Test
  void interleavesAsManyFilesAsItsCycleIsLong() {
    assertThat(names(new TfRecordSource(files, new RecordOrder(false, 2, 1, 1)), 1))
        .containsExactly("a-0", "b-0", "a-1", "b-1", "a-2", "c-0");
    assertThat(names(new TfRecordSource(files, new RecordOrder(false, 2, 2, 1)), 1))
        .containsExactly("a-0", "a-1", "b-0", "b-1", "a-2", "c-0");
  }

  @Test
  void shufflesBySeedAndLosesNothing() {
    TfRecordSource source = new TfRecordSource(files, RecordOrder.TRAINING);
    Set<List<String>> orders = new HashSet<>();
    for (long seed = 0; seed < 5; seed++) {
      assertThat(names(source, seed))
          .containsExactlyInAnyOrder("a-0", "a-1", "a-2", "b-0", "b-1", "c-0");
      assertThat(names(source, seed)).isEqualTo(names(source, seed));
      orders.add(names(source, seed));
    }
    assertThat(orders).hasSizeGreaterThan(1);
  }

  @Test
  void drawsAmongTheRecordsOfItsBufferOnly() {
    TfRecordSource source =
        new TfRecordSource(
            List.of(records(folder.resolve("long"), "r", 100)), new RecordOrder(true, 1, 1, 10));
    List<String> order = names(source, 3);

    for (int i = 0; i < order.size(); i++) {
      int record = Integer.parseInt(order.get(i).substring(2));
      assertThat(record).as("at place " + i).isLessThan(i + 10);
    }
  }

  @Test
  void namesFileAndOffsetOfAWrongChecksum() throws IOException {
    byte[] bytes = Files.readAllBytes(files.get(0));
    int record = bytes.length / 3;
    bytes[record + 20] ^= 1;
    Files.write(files.get(0), bytes);

    assertThatThrownBy(() -> names(new TfRecordSource(files, RecordOrder.SEQUENTIAL), 1))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("train-0")
        .hasMessageContaining("wrong checksum of the payload at byte " + (record + 12));
  }

  @Test
  void namesFileAndOffsetOfAnUnreadableRecord() throws IOException {
    Path file = folder.resolve("odd");
    long second;
    try (TfRecordWriter writer =
        new TfRecordWriter(Channels.newChannel(Files.newOutputStream(file)))) {
      writer.write(SourcesOfExamples.example("fine").toTfExample());
      second = writer.write(new byte[] {(byte) 0xff, 1});
    }

    assertThatThrownBy(() -> names(new TfRecordSource(List.of(file), RecordOrder.SEQUENTIAL), 1))
        .isInstanceOf(InvalidExampleException.class)
        .hasMessageContaining("'odd@" + second + "'")
        .hasMessageContaining("no tf.Example");
  }

  @Test
  void callsAnExampleWithoutSourceByItsPlace() {
    Path file = records(folder.resolve("nameless"), "", 1);
    SegmentationExample nameless = SourcesOfExamples.example("");
    try (TfRecordWriter writer =
        new TfRecordWriter(Channels.newChannel(Files.newOutputStream(file)))) {
      writer.write(nameless.toTfExample());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    assertThat(names(new TfRecordSource(List.of(file), RecordOrder.SEQUENTIAL), 1))
        .containsExactly("nameless@0");
  }

  @Test
  void readsImagesUnderAKeyOfTheirOwn() throws IOException {
    Path file = folder.resolve("left");
    Example.Builder renamed =
        Example.parseFrom(SourcesOfExamples.example("one").toTfExample()).toBuilder();
    renamed
        .getFeaturesBuilder()
        .putFeature("image/left", renamed.getFeatures().getFeatureOrThrow("image/encoded"))
        .removeFeature("image/encoded");
    try (TfRecordWriter writer =
        new TfRecordWriter(Channels.newChannel(Files.newOutputStream(file)))) {
      writer.write(renamed.build().toByteArray());
    }

    ExampleSource source = new TfRecordSource(List.of(file), RecordOrder.SEQUENTIAL, "image/left");
    try (Stream<SegmentationExample> examples = source.open(1)) {
      assertThat(examples.toList()).containsExactly(SourcesOfExamples.example("one"));
    }
    assertThatThrownBy(() -> names(new TfRecordSource(List.of(file), RecordOrder.SEQUENTIAL), 1))
        .isInstanceOf(InvalidExampleException.class)
        .hasMessageContaining("tf.Example without image/encoded");
  }

  @Test
  void aMixDrawsByWeightAndEndsWithTheFirstSourceThatIsExhausted() {
    ExampleSource many =
        new TfRecordSource(
            List.of(records(folder.resolve("many"), "m", 900)), RecordOrder.SEQUENTIAL);
    ExampleSource few =
        new TfRecordSource(
            List.of(records(folder.resolve("few"), "f", 100)), RecordOrder.SEQUENTIAL);
    WeightedMix mix =
        new WeightedMix(List.of(new WeightedMix.Part(many, 3), new WeightedMix.Part(few, 1)));
    List<String> drawn = names(mix, 5);
    long fromFew = drawn.stream().filter(name -> name.startsWith("f")).count();

    assertThat(fromFew).isEqualTo(100);
    // Binomial with p = 1/4: 400 draws expected, standard deviation 35.
    assertThat(drawn).hasSizeBetween(260, 540);
    assertThat(names(mix, 5)).isEqualTo(drawn);
  }

  @Test
  void theCacheReadsItsSourceOnce() throws IOException {
    Path file = records(folder.resolve("once"), "o", 4);
    CachedSource cache =
        new CachedSource(new TfRecordSource(List.of(file), RecordOrder.SEQUENTIAL), false);
    List<String> first = names(cache, 1);
    Files.delete(file);

    assertThat(names(cache, 2)).isEqualTo(first).hasSize(4);
  }

  @Test
  void patternsFindFilesByName() {
    String root = folder.toString();

    assertThat(FilePatterns.expand(root + "/train-*")).isEqualTo(files);
    assertThat(FilePatterns.expand(root + "/train-2, " + root + "/train-[01]"))
        .containsExactly(files.get(2), files.get(0), files.get(1));
    assertThat(FilePatterns.expand(folder.getParent() + "/*/train-0")).contains(files.get(0));
    assertThatThrownBy(() -> FilePatterns.expand(root + "/val-*"))
        .hasMessageContaining("matches no file");
    assertThatThrownBy(() -> FilePatterns.expand(root + "/absent"))
        .hasMessageContaining("does not exist");
  }
}

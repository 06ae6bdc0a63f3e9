package io.segue.deploy.demo.footage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.connectors.image.MaskCodec;
import io.segue.deploy.demo.scene.StreetClass;
import io.segue.model.data.SegmentationExample;
import io.segue.operators.replay.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledFolderTest {
  private static final Footage STREETS =
      new SyntheticStreets(new SyntheticStreets.Settings(7, 1, 32, 32, 1, 99, 1, 1));

  @TempDir private Path root;

  @BeforeEach
  void writeTwoSequences() throws IOException {
    for (int i = 0; i < 10; i++) {
      write("train", "a_%02d".formatted(i), i);
    }
    for (int i = 0; i < 4; i++) {
      write("train", "b_x_%02d".formatted(i), i);
    }
    write("val", "a_90", 90);
  }

  @Test
  void playsEachSequenceAsACameraInTheOrderOfTimeAndThenAgain() {
    LabelledFolder folder = new LabelledFolder(root, 0.5, 1);

    assertThat(folder.streams()).containsExactly("a", "a-val", "b_x");
    assertThat(LongStream.range(0, 6).mapToObj(i -> folder.shot("a", i).content()))
        .containsExactly("a_05", "a_06", "a_07", "a_08", "a_09", "a_05");
  }

  @Test
  void keepsTheFirstPartOfEachSequenceForTheFirstVersion() {
    LabelledFolder folder = new LabelledFolder(root, 0.5, 1);

    assertThat(folder.beforehand())
        .extracting(SegmentationExample::sourceId)
        .containsExactly("a_00", "a_01", "a_02", "a_03", "a_04", "b_x_00", "b_x_01");
  }

  @Test
  void holdsTheValidationPartOut() {
    assertThat(new LabelledFolder(root, 0, 1).holdout())
        .extracting(SegmentationExample::sourceId)
        .containsExactly("a_90");
  }

  @Test
  void saysOfEachImageWhetherItMayBeTrainedOn() {
    LabelledFolder folder = new LabelledFolder(root, 0.5, 1);

    assertThat(folder.shot("a", 7).part()).contains(Part.TRAINING);
    assertThat(folder.shot("a-val", 0).content()).isEqualTo("a_90");
    assertThat(folder.shot("a-val", 1).part()).contains(Part.HOLDOUT);
  }

  @Test
  void labelsTheSameImagesInEachLoop() {
    LabelledFolder folder = new LabelledFolder(root, 0.5, 2);

    assertThat(folder.shot("a", 0).labelled()).isTrue();
    assertThat(folder.shot("a", 1).labelled()).isFalse();
    assertThat(folder.shot("a", 5).labelled()).isTrue();
    assertThat(folder.shot("a", 6).labelled()).isFalse();
  }

  @Test
  void readsTheTaxonomyOfTheFolder() throws IOException {
    Files.writeString(
        root.resolve("taxonomy.yaml"), "id: mine\nclasses: [{name: a, rgb: 1}, {name: b, rgb: 2}]");

    assertThat(new LabelledFolder(root, 0, 1).taxonomy().id()).isEqualTo("mine");
    assertThat(new LabelledFolder(root, 0, 1).taxonomy().size()).isEqualTo(2);
  }

  @Test
  void namesTheLabelThatIsMissing() throws IOException {
    Files.delete(root.resolve("train/labels/a_03.png"));

    assertThatThrownBy(() -> new LabelledFolder(root, 0, 1)).hasMessageContaining("a_03.png");
  }

  @Test
  void saysHowAFolderIsLaidOut() {
    assertThatThrownBy(() -> new LabelledFolder(root.resolve("val"), 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("train/frames");
  }

  private void write(String part, String name, int sequence) throws IOException {
    Shot shot = STREETS.shot("street-1", sequence);
    Path frames = Files.createDirectories(root.resolve(part).resolve("frames"));
    Path labels = Files.createDirectories(root.resolve(part).resolve("labels"));
    Files.write(frames.resolve(name + ".jpg"), shot.image());
    Files.write(
        labels.resolve(name + ".png"),
        MaskCodec.encode(ByteBuffer.wrap(shot.truth()), 32, 32, StreetClass.taxonomy()));
  }
}

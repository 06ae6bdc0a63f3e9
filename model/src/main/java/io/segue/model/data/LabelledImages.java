package io.segue.model.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A folder of images with their labels, read anew in each pass:
 *
 * <pre>
 * frames/NAME.jpg    or .jpeg, .png
 * labels/NAME.png    grey or indexed PNG whose values (not colours) are class indices
 * </pre>
 */
public final class LabelledImages implements ExampleSource {
  private static final String FRAMES = "frames";
  private static final String LABELS = "labels";
  private static final List<String> IMAGE_SUFFIXES = List.of(".jpg", ".jpeg", ".png");
  private static final int PNG_WIDTH_AT = 16;
  private static final int PNG_HEADER_BYTES = 26;

  private record Entry(String name, Path image, Path label) {}

  private final List<Entry> entries;
  private final boolean shuffled;

  /**
   * Lists a folder.
   *
   * @param shuffled false: every pass in the order of the names
   * @throws IllegalArgumentException if it has no images or an image has no label
   */
  public LabelledImages(Path folder, boolean shuffled) {
    this.entries = list(folder);
    this.shuffled = shuffled;
  }

  /** Whether a folder is laid out like this. */
  public static boolean isOne(Path folder) {
    return Files.isDirectory(folder.resolve(FRAMES)) && Files.isDirectory(folder.resolve(LABELS));
  }

  private static List<Entry> list(Path folder) {
    if (!isOne(folder)) {
      throw new IllegalArgumentException(
          "folder '%s' has no frames/ and labels/ to learn from".formatted(folder));
    }
    try (Stream<Path> files = Files.list(folder.resolve(FRAMES))) {
      List<Entry> entries =
          files
              .filter(LabelledImages::isImage)
              .sorted()
              .map(file -> entry(file, folder.resolve(LABELS)))
              .toList();
      if (entries.isEmpty()) {
        throw new IllegalArgumentException(
            "folder '%s' has no .jpg or .png in frames/".formatted(folder));
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException("folder '" + folder + "' cannot be listed", e);
    }
  }

  private static boolean isImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return IMAGE_SUFFIXES.stream().anyMatch(name::endsWith);
  }

  private static Entry entry(Path image, Path labels) {
    String file = image.getFileName().toString();
    String name = file.substring(0, file.lastIndexOf('.'));
    Path label = labels.resolve(name + ".png");
    if (!Files.isRegularFile(label)) {
      throw new IllegalArgumentException("'%s' has no label '%s'".formatted(image, label));
    }
    return new Entry(name, image, label);
  }

  /** Number of labelled images. */
  public int size() {
    return entries.size();
  }

  @Override
  public Stream<SegmentationExample> open(long seed) {
    List<Entry> order = new ArrayList<>(entries);
    if (shuffled) {
      Collections.shuffle(order, new Random(seed));
    }
    return order.stream().map(LabelledImages::read);
  }

  private static SegmentationExample read(Entry entry) {
    try {
      byte[] label = GreyLabels.of(entry.name(), Files.readAllBytes(entry.label()));
      ByteBuffer header = ByteBuffer.wrap(label, 0, PNG_HEADER_BYTES);
      int width = header.getInt(PNG_WIDTH_AT);
      int height = header.getInt(PNG_WIDTH_AT + Integer.BYTES);
      return new SegmentationExample(
          entry.name(), Files.readAllBytes(entry.image()), label, height, width);
    } catch (IOException e) {
      throw new UncheckedIOException("'%s' cannot be read".formatted(entry.image()), e);
    }
  }
}

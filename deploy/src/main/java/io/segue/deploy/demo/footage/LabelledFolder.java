package io.segue.deploy.demo.footage;

import io.segue.connectors.image.DecodedMask;
import io.segue.connectors.image.ImageHeader;
import io.segue.connectors.image.MaskCodec;
import io.segue.deploy.demo.footage.Shot.Phase;
import io.segue.model.config.ConfigReader;
import io.segue.model.config.Taxonomy;
import io.segue.model.config.TaxonomyClass;
import io.segue.model.data.SegmentationExample;
import io.segue.operators.replay.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of labelled images, each sequence a camera that plays in temporal order, again and
 * again:
 *
 * <pre>
 * train/frames/SEQUENCE_FRAME.jpg    played; names sort in the order of time (PNG works as well)
 * train/labels/SEQUENCE_FRAME.png    8-bit PNG of class indices
 * val/frames, val/labels             played as cameras SEQUENCE-val: the holdout
 * taxonomy.yaml                      id, version, classes (name, rgb), ignore_value; the 11 classes
 *                                    of CamVid (SegNet's, Badrinarayanan et al. 2017) where absent
 * </pre>
 *
 * The first part of each sequence in {@code train} is not played: it is what was labelled
 * beforehand. As all images come again, each says whether it may be trained on.
 */
public final class LabelledFolder implements Footage {
  private static final Taxonomy CAMVID =
      new Taxonomy(
          "camvid-11",
          1,
          List.of(
              new TaxonomyClass("sky", 0x808080),
              new TaxonomyClass("building", 0x800000),
              new TaxonomyClass("pole", 0xC0C080),
              new TaxonomyClass("road", 0x804080),
              new TaxonomyClass("pavement", 0x0000C0),
              new TaxonomyClass("tree", 0x808000),
              new TaxonomyClass("sign", 0xC08080),
              new TaxonomyClass("fence", 0x404080),
              new TaxonomyClass("car", 0x400080),
              new TaxonomyClass("pedestrian", 0x404000),
              new TaxonomyClass("bicyclist", 0x0080C0)),
          255);
  private static final String HOLDOUT_SUFFIX = "-val";
  private static final List<String> IMAGE_SUFFIXES = List.of(".jpg", ".jpeg", ".png");

  private record Entry(String name, Path image, Path label) {}

  private final Path root;
  private final Taxonomy taxonomy;
  private final Map<String, List<Entry>> played = new TreeMap<>();
  private final List<Entry> beforehand = new ArrayList<>();
  private final List<Entry> heldOut;
  private final int labelEvery;

  /**
   * @param beforehandShare share of each sequence that is not played, 0 to 1
   * @param labelEvery every n-th image of a camera is labelled, 1 or more
   * @throws UncheckedIOException if the folder cannot be read
   * @throws IllegalArgumentException if it lacks images or an image lacks its label
   */
  public LabelledFolder(Path root, double beforehandShare, int labelEvery) {
    this.root = root;
    this.labelEvery = labelEvery;
    taxonomy = readTaxonomy(root);
    heldOut = entries("val");
    sequences(heldOut).forEach((sequence, all) -> played.put(sequence + HOLDOUT_SUFFIX, all));
    sequences(entries("train"))
        .forEach(
            (sequence, all) -> {
              int split = Math.min(all.size() - 1, (int) Math.round(all.size() * beforehandShare));
              beforehand.addAll(all.subList(0, split));
              played.put(sequence, List.copyOf(all.subList(split, all.size())));
            });
  }

  private static Map<String, List<Entry>> sequences(List<Entry> entries) {
    return entries.stream()
        .collect(
            Collectors.groupingBy(LabelledFolder::sequenceOf, TreeMap::new, Collectors.toList()));
  }

  private static Taxonomy readTaxonomy(Path root) {
    Path file = root.resolve("taxonomy.yaml");
    try {
      return Files.exists(file) ? ConfigReader.read(Files.readString(file), CAMVID) : CAMVID;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Entry> entries(String part) {
    Path frames = root.resolve(part).resolve("frames");
    Path labels = root.resolve(part).resolve("labels");
    if (!Files.isDirectory(frames) || !Files.isDirectory(labels)) {
      throw new IllegalArgumentException(
          "'%s' has no %s/frames and %s/labels; lay the folder out as SEQUENCE_FRAME.jpg in"
                  .formatted(root, part, part)
              + " train/frames and val/frames with SEQUENCE_FRAME.png in train/labels and"
              + " val/labels");
    }
    try (Stream<Path> files = Files.list(frames)) {
      List<Entry> entries =
          files.filter(LabelledFolder::isImage).sorted().map(file -> entry(file, labels)).toList();
      if (entries.isEmpty()) {
        throw new IllegalArgumentException("'" + frames + "' has no .jpg or .png image");
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
      throw new IllegalArgumentException("'" + image + "' has no label '" + label + "'");
    }
    return new Entry(name, image, label);
  }

  private static String sequenceOf(Entry entry) {
    int end = entry.name().lastIndexOf('_');
    return end <= 0 ? "camera" : entry.name().substring(0, end);
  }

  @Override
  public Taxonomy taxonomy() {
    return taxonomy;
  }

  @Override
  public List<String> streams() {
    return List.copyOf(played.keySet());
  }

  @Override
  public Shot shot(String stream, long sequence) {
    List<Entry> entries = played.get(stream);
    if (entries == null) {
      throw new IllegalArgumentException(
          "stream '" + stream + "': the sequences are " + played.keySet());
    }
    int index = (int) (sequence % entries.size());
    Part part = stream.endsWith(HOLDOUT_SUFFIX) ? Part.HOLDOUT : Part.TRAINING;
    return read(entries.get(index), index % labelEvery == 0, part);
  }

  @Override
  public List<SegmentationExample> beforehand() {
    return examples(beforehand);
  }

  @Override
  public List<SegmentationExample> holdout() {
    return examples(heldOut);
  }

  private static List<SegmentationExample> examples(List<Entry> entries) {
    return entries.stream().map(entry -> read(entry, true, Part.TRAINING).example()).toList();
  }

  private static Shot read(Entry entry, boolean labelled, Part part) {
    byte[] image;
    byte[] label;
    try {
      image = Files.readAllBytes(entry.image());
      label = Files.readAllBytes(entry.label());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ImageHeader header = ImageHeader.read(ByteBuffer.wrap(image));
    DecodedMask truth = MaskCodec.decode(label);
    if (header.width() != truth.width() || header.height() != truth.height()) {
      throw new IllegalArgumentException(
          "'%s' is %dx%d, its label %dx%d; make them equal"
              .formatted(
                  entry.image(), header.width(), header.height(), truth.width(), truth.height()));
    }
    return new Shot(
        entry.name(),
        image,
        header.encoding(),
        header.width(),
        header.height(),
        truth.indices(),
        labelled,
        Optional.of(part),
        Phase.BEFORE_DRIFT);
  }
}

package io.segue.model.data;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.Int64List;

/**
 * One labelled image, as the Model Garden's segmentation records carry it. The byte arrays are
 * shared, not copied: treat them as immutable.
 *
 * @param sourceId where the example comes from (a file name, a frame identity); {@code
 *     image/source_id}
 * @param image JPEG or PNG bytes; {@code image/encoded}
 * @param label 8-bit grey PNG of class indices, the taxonomy's ignore value where nothing is known;
 *     {@code image/segmentation/class/encoded}
 * @param height height in pixels of image and label; {@code image/height}
 * @param width width in pixels; {@code image/width}
 * @param texts further text features by key
 * @param numbers further integer features by key
 */
@SuppressWarnings("ArrayRecordComponent") // encoded bytes, by far too many to box
public record SegmentationExample(
    String sourceId,
    byte[] image,
    byte[] label,
    int height,
    int width,
    Map<String, String> texts,
    Map<String, Long> numbers) {

  static final String IMAGE = "image/encoded";
  static final String LABEL = "image/segmentation/class/encoded";
  static final String HEIGHT = "image/height";
  static final String WIDTH = "image/width";
  static final String SOURCE_ID = "image/source_id";
  private static final Set<String> OWN_KEYS = Set.of(IMAGE, LABEL, HEIGHT, WIDTH, SOURCE_ID);

  /** Copies the maps; their keys must not be those of the other components. */
  public SegmentationExample {
    texts = Map.copyOf(texts);
    numbers = Map.copyOf(numbers);
    for (String key : OWN_KEYS) {
      if (texts.containsKey(key) || numbers.containsKey(key)) {
        throw new IllegalArgumentException(
            "feature %s is part of every example; give further features other names"
                .formatted(key));
      }
    }
  }

  /** An example without further features. */
  public SegmentationExample(String sourceId, byte[] image, byte[] label, int height, int width) {
    this(sourceId, image, label, height, width, Map.of(), Map.of());
  }

  /** The same under another source. */
  public SegmentationExample from(String source) {
    return new SegmentationExample(source, image, label, height, width, texts, numbers);
  }

  /** This example as a serialized {@code tf.Example}. */
  public byte[] toTfExample() {
    Features.Builder features =
        Features.newBuilder()
            .putFeature(IMAGE, bytes(ByteString.copyFrom(image)))
            .putFeature(LABEL, bytes(ByteString.copyFrom(label)))
            .putFeature(HEIGHT, integer(height))
            .putFeature(WIDTH, integer(width))
            .putFeature(SOURCE_ID, bytes(ByteString.copyFromUtf8(sourceId)));
    texts.forEach((key, value) -> features.putFeature(key, bytes(ByteString.copyFromUtf8(value))));
    numbers.forEach((key, value) -> features.putFeature(key, integer(value)));
    return Example.newBuilder().setFeatures(features).build().toByteArray();
  }

  /**
   * Parses a serialized {@code tf.Example}. As in the reference an absent feature is an empty
   * string or 0; features with another number of values than one, and float features, are left out.
   *
   * @throws IllegalArgumentException if the bytes are no {@code tf.Example} or have no image
   */
  public static SegmentationExample fromTfExample(byte[] serialized) {
    return fromTfExample(serialized, IMAGE);
  }

  /**
   * The same, with the image under another key.
   *
   * @param imageFeature key of the encoded image
   */
  public static SegmentationExample fromTfExample(byte[] serialized, String imageFeature) {
    Map<String, Feature> features = parse(serialized);
    Map<String, String> texts = new HashMap<>();
    Map<String, Long> numbers = new HashMap<>();
    features.forEach(
        (key, feature) -> {
          if (OWN_KEYS.contains(key) || key.equals(imageFeature)) {
            return;
          }
          if (feature.getBytesList().getValueCount() == 1) {
            texts.put(key, feature.getBytesList().getValue(0).toStringUtf8());
          } else if (feature.getInt64List().getValueCount() == 1) {
            numbers.put(key, feature.getInt64List().getValue(0));
          }
        });
    ByteString image = bytes(features, imageFeature);
    if (image.isEmpty()) {
      throw new IllegalArgumentException(
          "tf.Example without %s; its features are %s".formatted(imageFeature, features.keySet()));
    }
    return new SegmentationExample(
        bytes(features, SOURCE_ID).toStringUtf8(),
        image.toByteArray(),
        bytes(features, LABEL).toByteArray(),
        integer(features, HEIGHT),
        integer(features, WIDTH),
        texts,
        numbers);
  }

  private static Map<String, Feature> parse(byte[] serialized) {
    try {
      return Example.parseFrom(serialized).getFeatures().getFeatureMap();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "%d bytes that are no tf.Example".formatted(serialized.length), e);
    }
  }

  private static ByteString bytes(Map<String, Feature> features, String key) {
    BytesList list = features.getOrDefault(key, Feature.getDefaultInstance()).getBytesList();
    return list.getValueCount() == 0 ? ByteString.EMPTY : list.getValue(0);
  }

  private static int integer(Map<String, Feature> features, String key) {
    Int64List list = features.getOrDefault(key, Feature.getDefaultInstance()).getInt64List();
    return list.getValueCount() == 0 ? 0 : Math.toIntExact(list.getValue(0));
  }

  private static Feature bytes(ByteString value) {
    return Feature.newBuilder().setBytesList(BytesList.newBuilder().addValue(value)).build();
  }

  private static Feature integer(long value) {
    return Feature.newBuilder().setInt64List(Int64List.newBuilder().addValue(value)).build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SegmentationExample that
        && sourceId.equals(that.sourceId)
        && Arrays.equals(image, that.image)
        && Arrays.equals(label, that.label)
        && height == that.height
        && width == that.width
        && texts.equals(that.texts)
        && numbers.equals(that.numbers);
  }

  @Override
  public int hashCode() {
    return Objects.hash(sourceId, Arrays.hashCode(image), Arrays.hashCode(label), height, width);
  }

  @Override
  public String toString() {
    return "SegmentationExample[%s, %dx%d, %d + %d bytes]"
        .formatted(sourceId, height, width, image.length, label.length);
  }
}

package io.segue.model.experiment;

import io.segue.model.config.ConfigException;
import io.segue.model.data.AspectRatio;
import io.segue.model.data.Photometric;
import io.segue.model.data.Size;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code task.train_data} and {@code task.validation_data}, with the reference's keys and defaults.
 *
 * @param inputPath TFRecord files, or folders with {@code frames/} and {@code labels/}
 * @param imageFeature where a record holds its image
 * @param weights how often each of several named sources is drawn from; empty: each alike
 * @param outputSize height and width that images are brought to
 * @param cropSize height and width of a random crop out of {@code outputSize}; empty: none
 * @param globalBatchSize examples an update
 * @param isTraining whether images are changed at random and their order is
 * @param dtype {@code float32}
 * @param fileType {@code tfrecord}; folders are recognised by their layout
 * @param shuffleBufferSize records among which the next one is drawn
 * @param cycleLength files read at a time
 * @param blockLength records taken of each file in turn
 * @param cache keep the encoded examples in memory after the first pass
 * @param resizeEvalGroundtruth false: labels are scored at their own size
 * @param groundtruthPaddedSize canvas of labels that keep their own size
 * @param augScaleMin smallest random scale
 * @param augScaleMax largest one
 * @param augRandHflip mirror half of the images
 * @param preserveAspectRatio false: images are stretched to {@code outputSize} first
 * @param dropRemainder leave out the examples after the last full batch
 * @param centeredCrop pad on all sides instead of bottom and right
 * @param photometric random changes of colour; the reference has none
 * @param threads that decode and augment; the reference has its own rule
 */
public record DataConfig(
    InputPaths inputPath,
    ImageFeature imageFeature,
    Map<String, Double> weights,
    List<Integer> outputSize,
    List<Integer> cropSize,
    int globalBatchSize,
    boolean isTraining,
    String dtype,
    String fileType,
    int shuffleBufferSize,
    int cycleLength,
    int blockLength,
    boolean cache,
    boolean resizeEvalGroundtruth,
    List<Integer> groundtruthPaddedSize,
    double augScaleMin,
    double augScaleMax,
    boolean augRandHflip,
    boolean preserveAspectRatio,
    boolean dropRemainder,
    boolean centeredCrop,
    Photometric photometric,
    int threads) {
  /** {@code train_data}. */
  static final DataConfig TRAINING = of(true);

  /** {@code validation_data}. */
  static final DataConfig VALIDATION = of(false);

  public DataConfig {
    weights = weights == null ? Map.of() : Map.copyOf(weights);
    outputSize = List.copyOf(outputSize);
    cropSize = List.copyOf(cropSize);
    groundtruthPaddedSize = List.copyOf(groundtruthPaddedSize);
  }

  private static DataConfig of(boolean training) {
    return new DataConfig(
        InputPaths.NONE,
        ImageFeature.DEFAULT,
        Map.of(),
        List.of(),
        List.of(),
        0,
        training,
        "float32",
        "tfrecord",
        1000,
        10,
        1,
        false,
        true,
        List.of(),
        1,
        1,
        true,
        true,
        true,
        false,
        Photometric.NONE,
        2);
  }

  void check(String section, boolean training) {
    imageFeature.check(section + "image_feature.");
    require(
        isTraining == training,
        section + "is_training: %s; it must be %s here".formatted(isTraining, training));
    require(
        dtype.equals("float32"),
        section + "dtype: '%s'; images are float32 here, write that".formatted(dtype));
    require(
        fileType.equals("tfrecord"),
        section + "file_type: '%s'; only 'tfrecord' is read".formatted(fileType));
    require(
        weights.isEmpty() || weights.keySet().equals(inputPath.bySource().keySet()),
        section
            + "weights: name the sources of input_path, %s, not %s"
                .formatted(inputPath.bySource().keySet(), weights.keySet()));
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new ConfigException(problem);
    }
  }

  /** {@code output_size}. */
  Optional<Size> output(String section) {
    return size(section + "output_size", outputSize);
  }

  /** {@code crop_size}. */
  Optional<Size> crop(String section) {
    return size(section + "crop_size", cropSize);
  }

  /** {@code groundtruth_padded_size}. */
  Optional<Size> canvas(String section) {
    return size(section + "groundtruth_padded_size", groundtruthPaddedSize);
  }

  private static Optional<Size> size(String key, List<Integer> sides) {
    if (sides.isEmpty()) {
      return Optional.empty();
    }
    require(
        sides.size() == 2 && sides.get(0) > 0 && sides.get(1) > 0,
        "%s: %s is not [height, width] in pixels".formatted(key, sides));
    return Optional.of(new Size(sides.get(0), sides.get(1)));
  }

  AspectRatio aspectRatio() {
    return preserveAspectRatio ? AspectRatio.PRESERVED : AspectRatio.STRETCHED_FIRST;
  }
}

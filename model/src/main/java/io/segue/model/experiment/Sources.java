package io.segue.model.experiment;

import io.segue.model.config.ConfigException;
import io.segue.model.data.CachedSource;
import io.segue.model.data.ExampleSource;
import io.segue.model.data.FilePatterns;
import io.segue.model.data.LabelledImages;
import io.segue.model.data.RecordOrder;
import io.segue.model.data.SegmentationExample;
import io.segue.model.data.TfRecordSource;
import io.segue.model.data.WeightedMix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Opens what an {@code input_path} names. */
public final class Sources {
  private Sources() {}

  /**
   * The examples of {@code train_data} or {@code validation_data}.
   *
   * @param section path of the section with a dot, for error messages
   */
  static ExampleSource of(DataConfig data, String section) {
    if (data.inputPath().isEmpty()) {
      throw new ConfigException(section + "input_path: missing; give files, folders or patterns");
    }
    List<WeightedMix.Part> parts = new ArrayList<>();
    new TreeMap<>(data.inputPath().bySource())
        .forEach(
            (name, patterns) ->
                parts.add(
                    new WeightedMix.Part(
                        of(patterns, order(data), data.imageFeature().featureName()),
                        data.weights().getOrDefault(name, 1.0))));
    ExampleSource source = parts.size() == 1 ? parts.get(0).source() : new WeightedMix(parts);
    return data.cache() ? new CachedSource(source, data.isTraining()) : source;
  }

  private static RecordOrder order(DataConfig data) {
    return new RecordOrder(
        data.isTraining(), data.cycleLength(), data.blockLength(), data.shuffleBufferSize());
  }

  /** Files and folders in their own order, one pass like another. */
  public static ExampleSource inOrder(String patterns) {
    return of(patterns, RecordOrder.SEQUENTIAL, ImageFeature.DEFAULT.featureName());
  }

  private static ExampleSource of(String patterns, RecordOrder order, String imageFeature) {
    List<Path> records = new ArrayList<>();
    List<ExampleSource> sources = new ArrayList<>();
    for (Path path : FilePatterns.expand(patterns)) {
      if (Files.isDirectory(path)) {
        sources.add(new LabelledImages(path, order.shuffled()));
      } else {
        records.add(path);
      }
    }
    if (!records.isEmpty()) {
      sources.add(new TfRecordSource(records, order, imageFeature));
    }
    return sources.size() == 1 ? sources.get(0) : seed -> oneAfterTheOther(sources, seed);
  }

  private static Stream<SegmentationExample> oneAfterTheOther(
      List<ExampleSource> sources, long seed) {
    return sources.stream().flatMap(source -> source.open(seed));
  }
}

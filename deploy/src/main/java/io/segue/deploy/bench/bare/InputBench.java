package io.segue.deploy.bench.bare;

import io.segue.model.data.AspectRatio;
import io.segue.model.data.Augmentation;
import io.segue.model.data.Batch;
import io.segue.model.data.InputOptions;
import io.segue.model.data.Photometric;
import io.segue.model.data.RecordOrder;
import io.segue.model.data.SegmentationExample;
import io.segue.model.data.SegmentationInput;
import io.segue.model.data.Size;
import io.segue.model.data.TfRecordSource;
import io.segue.model.data.TfRecordWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Images a second of the training input alone: encoded images out of TFRecords, decoded, mirrored,
 * scaled, cropped to 240×320 and changed in colour, as batches of 8.
 */
public final class InputBench {
  private static final Size SEEN = new Size(240, 320);
  private static final int BATCH = 8;
  private static final int SHARDS = 4;
  private static final int WARM_UP_BATCHES = 4;

  private final Optional<Path> data;
  private final int threads;
  private final Duration duration;

  /**
   * @param data a labelled folder; synthetic streets where absent
   * @param threads that decode and augment
   * @param duration of the measurement, after warming up
   */
  public InputBench(Optional<Path> data, int threads, Duration duration) {
    this.data = data;
    this.threads = threads;
    this.duration = duration;
  }

  /**
   * Measures.
   *
   * @param scratch folder for the records
   * @return figures by name
   */
  public Map<String, Object> run(Path scratch) throws IOException, InterruptedException {
    BenchFrames frames = BenchFrames.of(data);
    List<Path> shards = write(frames.examples(), scratch);
    InputOptions options =
        new InputOptions(
            new Augmentation(
                    Optional.empty(), true, 0.5, 1.5, AspectRatio.PRESERVED, false, COLOURS)
                .parser(SEEN, frames.taxonomy().ignoreValue(), false),
            COLOURS,
            frames.taxonomy().size(),
            BATCH,
            threads,
            2,
            1,
            0);
    try (SegmentationInput input =
        new SegmentationInput(new TfRecordSource(shards, RecordOrder.TRAINING), options)) {
      for (int i = 0; i < WARM_UP_BATCHES; i++) {
        input.next().close();
      }
      return measured(input, frames.examples().get(0));
    }
  }

  private static final Photometric COLOURS = new Photometric(0.1, 0.2, 0.2, 0.05);

  private Map<String, Object> measured(SegmentationInput input, SegmentationExample first)
      throws InterruptedException {
    long start = System.nanoTime();
    long images = 0;
    while (System.nanoTime() - start < duration.toNanos()) {
      try (Batch batch = input.next()) {
        images += batch.sources().size();
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("imagesPerSecond", images / seconds);
    figures.put("images", images);
    figures.put("seconds", seconds);
    figures.put("threads", threads);
    figures.put("imageHeight", first.height());
    figures.put("imageWidth", first.width());
    return figures;
  }

  private static List<Path> write(List<SegmentationExample> examples, Path scratch)
      throws IOException {
    List<Path> shards = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      Path file = scratch.resolve("train-%d-of-%d".formatted(shard, SHARDS));
      try (TfRecordWriter writer =
          new TfRecordWriter(
              FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE))) {
        for (int i = shard; i < examples.size(); i += SHARDS) {
          writer.write(examples.get(i).toTfExample());
        }
      }
      shards.add(file);
    }
    return shards;
  }
}

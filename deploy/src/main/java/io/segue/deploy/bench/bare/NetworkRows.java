package io.segue.deploy.bench.bare;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A benchmark that measures networks one after the other. */
abstract class NetworkRows {
  final BenchOptions options;
  final BenchFrames frames;
  final Consumer<String> progress;

  /** A measurement of all networks that {@code options} names; progress in lines. */
  NetworkRows(BenchOptions options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
    this.frames = BenchFrames.of(options.data());
  }

  /**
   * Measures each network.
   *
   * @param scratch an empty directory
   * @return figures by name, by network
   */
  public Map<String, Map<String, Object>> run(Path scratch) throws InterruptedException {
    Map<String, Map<String, Object>> rows = new LinkedHashMap<>();
    for (BenchNetwork network : options.networks()) {
      Map<String, Object> row = row(network, scratch.resolve(network.key()));
      progress.accept(network.key() + ": " + row);
      rows.put(network.key(), row);
    }
    return rows;
  }

  /** Measures one network, in a directory of its own that does not exist yet. */
  abstract Map<String, Object> row(BenchNetwork network, Path directory)
      throws InterruptedException;
}

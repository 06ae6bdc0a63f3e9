package io.segue.deploy.bench.bare;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A benchmark that measures networks one after the other. */
abstract class NetworkRows {
  final BenchOptions options;
  final BenchFrames frames;

  NetworkRows(BenchOptions options) {
    this.options = options;
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
      rows.put(network.key(), row(network, scratch.resolve(network.key())));
    }
    return rows;
  }

  /** Measures one network, in a directory of its own that does not exist yet. */
  abstract Map<String, Object> row(BenchNetwork network, Path directory)
      throws InterruptedException;
}

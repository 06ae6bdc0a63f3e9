package io.segue.deploy.demo;

import io.segue.connectors.registry.ModelRegistry;
import io.segue.deploy.demo.count.ServedScores;
import io.segue.deploy.demo.footage.Shot;
import io.segue.model.data.SegmentationExample;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * Runs broker, both jobs, cameras, labels, an independent count and a page in this process, until
 * the given time is over or it is told to stop; leaves nothing running, and nothing behind but the
 * registry that it was given.
 */
public final class Demo {
  private final DemoOptions options;
  private final DemoProgress progress;
  private final BooleanSupplier stopped;

  /**
   * @param stopped asked often; once true, the demo ends without a report
   */
  public Demo(DemoOptions options, DemoProgress progress, BooleanSupplier stopped) {
    this.options = options;
    this.progress = progress;
    this.stopped = stopped;
  }

  /**
   * Runs to the end.
   *
   * @return what came out; empty if it was stopped
   * @throws Exception if a part of it cannot start or fails
   */
  public Optional<DemoReport> run() throws Exception {
    DemoSetting setting = DemoSetting.of(options);
    try (WorkDirectory work = new WorkDirectory()) {
      String registryUri =
          options
              .registry()
              .map(dir -> dir.toAbsolutePath().toUri().toString())
              .orElse(work.uri("registry"));
      ModelRegistry registry = new ModelRegistry(registryUri);
      OptionalLong first =
          new FirstVersion(setting, registry, work.resolve("first")).prepare(progress, stopped);
      if (first.isEmpty()) {
        return Optional.empty();
      }
      ServedScores scores =
          new ServedScores(
              setting.footage().taxonomy(), first.getAsLong(), setting.lastWindowMillis());
      LivePart live =
          new LivePart(
              options, setting, work, registryUri, first.getAsLong(), scores, progress, stopped);
      Optional<LivePart.Result> result = live.run();
      if (result.isEmpty()) {
        return Optional.empty();
      }
      progress.phase("comparing the first version with the last");
      HindsightScores hindsight = new HindsightScores(registry, work.resolve("hindsight"));
      return Optional.of(report(setting, first.getAsLong(), scores, result.get(), hindsight));
    }
  }

  private static DemoReport report(
      DemoSetting setting,
      long first,
      ServedScores scores,
      LivePart.Result result,
      HindsightScores hindsight)
      throws IOException {
    List<Shot> last = scores.lastShots();
    List<SegmentationExample> holdout = setting.footage().holdout();
    OptionalDouble frozen =
        last.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(hindsight.onShots(first, last));
    long live = result.counts().liveVersion();
    return new DemoReport(result.counts())
        .share("firstMiou", scores.firstMiou())
        .share("driftMiou", scores.driftMiou())
        .share("lastMiou", scores.lastMiou())
        .share("frozenLastMiou", frozen)
        .share("holdoutFirstMiou", OptionalDouble.of(hindsight.on(first, holdout)))
        .share("holdoutLastMiou", OptionalDouble.of(hindsight.on(live, holdout)))
        .millis("latencyMsP50", result.latencyMillisP50())
        .millis("latencyMsP99", result.latencyMillisP99());
  }
}

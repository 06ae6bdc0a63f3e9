package io.segue.deploy.demo;

import io.segue.connectors.registry.ModelRegistry;
import io.segue.deploy.demo.footage.Shot;
import io.segue.model.config.Plan;
import io.segue.model.data.SegmentationExample;
import io.segue.model.serve.Evaluator;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.ServingModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What versions of the registry would have made of given images: mean IoU on the serving graph. */
final class HindsightScores {
  private final ModelRegistry registry;
  private final Path directory;

  /**
   * @param directory where versions are fetched to
   */
  HindsightScores(ModelRegistry registry, Path directory) {
    this.registry = registry;
    this.directory = directory;
  }

  /** Mean IoU of a version on frames that cameras took. */
  double onShots(long version, List<Shot> shots) throws IOException {
    return on(version, shots.stream().map(Shot::example).toList());
  }

  /** Mean IoU of a version on examples, over the classes present in them. */
  double on(long version, List<SegmentationExample> examples) throws IOException {
    Path local = directory.resolve(Long.toString(version));
    registry.fetch(DemoSetting.MODEL, version, local);
    try (ServingModel model = ServingModels.load(local)) {
      return Evaluator.evaluate(model, examples, Plan.SINGLE).meanIou();
    }
  }
}

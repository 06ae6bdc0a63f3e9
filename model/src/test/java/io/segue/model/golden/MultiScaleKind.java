package io.segue.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.segue.model.serve.BranchesProbe;
import java.util.Map;
import java.util.Set;

/** Averaging over scales and mirror images, with a single convolution as the network. */
final class MultiScaleKind implements GoldenKind {
  /** Below this gap between the two best classes either prediction is right. */
  private static final double NEAR_TIE = 1e-4;

  @Override
  public Set<String> names() {
    return Set.of("multi_scale");
  }

  @Override
  public void compare(Fixture fixture, Deviations deviations) {
    Map<String, NpyArray> tensors = fixture.tensors();
    JsonNode json = fixture.description();
    double absolute = json.path("tolerance").path("mean").path("atol").asDouble();
    for (JsonNode variant : json.path("variants")) {
      String id = variant.path("id").asText();
      float[] mean = BranchesProbe.mean(tensors, variant);
      NpyArray expected = tensors.get(id + ".mean");
      deviations.check(id, Deviations.doubles(mean), expected.doubles(), absolute, 0);
      int classes = (int) expected.shape().get(3);
      NpyArray prediction = tensors.get(id + ".prediction");
      for (int pixel = 0; pixel < prediction.size(); pixel++) {
        int best = best(mean, pixel * classes, classes, -1);
        int second = best(mean, pixel * classes, classes, best);
        double gap = mean[pixel * classes + best] - mean[pixel * classes + second];
        if (gap > NEAR_TIE) {
          deviations.check(id + " prediction", best, prediction.get(pixel), 0, 0);
        }
      }
    }
  }

  private static int best(float[] mean, int from, int classes, int except) {
    int best = except == 0 ? 1 : 0;
    for (int c = 0; c < classes; c++) {
      best = c != except && mean[from + c] > mean[from + best] ? c : best;
    }
    return best;
  }
}

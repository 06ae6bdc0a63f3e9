package io.segue.model.serve;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.serve.openvino.OpenVino;
import io.segue.model.serve.openvino.OpenVinoPrecision;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The engines that pass the same tests, in float32. OpenVINO is skipped where it is not installed,
 * and fails there with {@code SEGUE_REQUIRE_OPTIONAL_TESTS=true} in the environment.
 */
enum EngineUnderTest {
  TENSORFLOW {
    @Override
    ServingModel of(ModelSpec spec, Weights weights) {
      return ServingModels.of(spec, weights);
    }
  },
  OPENVINO {
    @Override
    ServingModel of(ModelSpec spec, Weights weights) {
      return ServingModels.of(spec, weights, openVino(), OpenVinoPrecision.FLOAT32);
    }
  };

  abstract ServingModel of(ModelSpec spec, Weights weights);

  ServingModel load(Path directory) {
    ModelSpec spec = ModelDirectory.readSpec(directory);
    return of(spec, ModelDirectory.readWeights(directory, spec));
  }

  static OpenVino openVino() {
    Optional<OpenVino> found = OpenVino.find("");
    if (found.isEmpty()) {
      String message =
          "needs OpenVINO: pip install openvino, and point SEGUE_OPENVINO at its folder";
      if (Boolean.parseBoolean(System.getenv("SEGUE_REQUIRE_OPTIONAL_TESTS"))) {
        Assertions.fail(message);
      }
      System.err.println("skipped: " + message);
      Assumptions.abort(message);
    }
    return found.orElseThrow();
  }
}

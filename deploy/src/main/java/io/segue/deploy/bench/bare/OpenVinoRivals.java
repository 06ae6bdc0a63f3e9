package io.segue.deploy.bench.bare;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.ServingModels;
import io.segue.model.serve.openvino.OpenVino;
import io.segue.model.serve.openvino.OpenVinoPrecision;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The same network through OpenVINO where that is installed: in float32, and in the precision that
 * the processor is fastest in. Closing it closes the models.
 */
final class OpenVinoRivals implements AutoCloseable {
  private final Map<OpenVinoPrecision, ServingModel> models =
      new EnumMap<>(OpenVinoPrecision.class);

  OpenVinoRivals(Optional<OpenVino> found, ModelSpec spec, Weights weights) {
    for (OpenVino openVino : found.stream().toList()) {
      for (OpenVinoPrecision precision :
          EnumSet.of(OpenVinoPrecision.FLOAT32, openVino.fastest())) {
        models.put(precision, ServingModels.of(spec, weights, openVino, precision));
      }
    }
  }

  private static String name(OpenVinoPrecision precision) {
    return precision == OpenVinoPrecision.FLOAT32
        ? "openvino"
        : "openvino"
            + precision.name().charAt(0)
            + precision.name().substring(1).toLowerCase(Locale.ROOT);
  }

  /** By name, what is measured: {@code openvino} and perhaps {@code openvinoBfloat16}. */
  Map<String, Contender> contenders(Function<ServingModel, Contender> through) {
    Map<String, Contender> contenders = new LinkedHashMap<>();
    models.forEach((precision, model) -> contenders.put(name(precision), through.apply(model)));
    return contenders;
  }

  /**
   * The figures of all precisions; none without OpenVINO.
   *
   * @param ours the model whose pixels theirs are compared with
   * @param baseline the contender that a speed-up is against
   * @param pixels {@code [frames, height, width, 3]}
   */
  Map<String, Object> figures(
      Rounds rounds, String baseline, ServingModel ours, ByteBuffer pixels) {
    Map<String, Object> figures = new LinkedHashMap<>();
    models.forEach(
        (precision, model) -> {
          String name = name(precision);
          figures.put(name + "FramesPerSecond", rounds.framesPerSecond(name));
          figures.put(name + "SpeedUp", rounds.ratio(name, baseline));
          figures.put(name + "CpuMillisPerFrame", rounds.cpuMillisPerFrame(name));
          figures.put(name + "EqualPixelShare", equalPixelShare(ours, model, pixels));
        });
    return figures;
  }

  private static double equalPixelShare(ServingModel ours, ServingModel theirs, ByteBuffer pixels) {
    int height = ours.spec().inputHeight();
    int width = ours.spec().inputWidth();
    int bytes = 3 * height * width;
    double sum = 0;
    int frames = 0;
    for (ByteBuffer rgb = pixels.duplicate();
        rgb.remaining() >= bytes;
        rgb.position(rgb.position() + bytes)) {
      try (Segmentation wanted = ours.segment(rgb, 1, height, width, Plan.SINGLE);
          Segmentation given = theirs.segment(rgb, 1, height, width, Plan.SINGLE)) {
        sum += given.equalPixelShare(wanted, 1);
        frames++;
      }
    }
    return sum / frames;
  }

  @Override
  public void close() {
    models.values().forEach(ServingModel::close);
  }
}

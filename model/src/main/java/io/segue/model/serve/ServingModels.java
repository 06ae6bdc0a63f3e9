package io.segue.model.serve;

import io.segue.model.checkpoint.CheckpointException;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.config.Taxonomy;
import io.segue.model.serve.form.Devices;
import io.segue.model.serve.form.Precision;
import io.segue.model.serve.form.ServingForm;
import io.segue.model.serve.openvino.OpenVino;
import io.segue.model.serve.openvino.OpenVinoPrecision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Loads models for serving. */
public final class ServingModels {
  /** The engine that was the fastest for each network that this process has measured. */
  private static final Map<MeasuredServingModel.Network, String> FASTEST =
      new ConcurrentHashMap<>();

  private ServingModels() {}

  /**
   * Loads the model in a directory as {@link ModelDirectory} lays it out: reads {@code spec.json}
   * and {@code variables/}, builds a frozen graph of its own, and leaves {@code saved_model.pb}
   * alone. Where the spec says that the model {@linkplain ModelSpec#runsAsItIs runs as it is}, it
   * is the SavedModel that is loaded, as {@link #ofSavedModel} does.
   *
   * @throws CheckpointException if a file is missing, the weights do not fit the spec, or a
   *     SavedModel's signature cannot be served
   * @throws io.segue.model.config.ConfigException if the spec cannot be used
   */
  public static ServingModel load(Path modelDir) {
    return load(modelDir, EngineChoice.TENSORFLOW);
  }

  /**
   * A serving model of weights in memory, in the fastest form in float32 that this processor takes.
   *
   * @throws CheckpointException on first use, if a weight is missing
   */
  public static ServingModel of(ModelSpec spec, Weights weights) {
    return of(spec, weights, ServingForm.best(Precision.FLOAT32));
  }

  /**
   * The same in a given form.
   *
   * @throws CheckpointException on first use, if a weight is missing
   */
  public static ServingModel of(ModelSpec spec, Weights weights, ServingForm form) {
    return of(spec, weights, form, "");
  }

  private static ServingModel of(ModelSpec spec, Weights weights, ServingForm form, String device) {
    ServingForm exact =
        form == ServingForm.FUSED_BFLOAT16 ? ServingForm.best(Precision.FLOAT32) : form;
    return new FrozenServingModel<>(
        spec,
        form,
        exact,
        (plan, it) -> new PlanGraph(spec, weights, plan, it, Devices.CONFIG, device),
        !Devices.gpus().isEmpty());
  }

  /**
   * As {@link #load(Path)}, through an engine of choice; a SavedModel that runs as it is does so in
   * TensorFlow, in the numbers that it was written in, whatever the choice.
   *
   * @throws IllegalStateException if {@code choice} asks for OpenVINO and there is none
   */
  public static ServingModel load(Path modelDir, EngineChoice choice) {
    ModelSpec spec = ModelDirectory.readSpec(modelDir);
    return spec.runsAsItIs()
        ? new SavedModelServing(modelDir, spec)
        : of(spec, ModelDirectory.readWeights(modelDir, spec), choice);
  }

  /**
   * A serving model of weights in memory, through an engine of choice.
   *
   * @throws IllegalStateException if {@code choice} asks for OpenVINO and there is none
   */
  public static ServingModel of(ModelSpec spec, Weights weights, EngineChoice choice) {
    ServingForm form = ServingForm.best(choice.precision());
    if (choice.engine() == ServingEngine.TENSORFLOW) {
      return of(spec, weights, form, choice.device());
    }
    Optional<OpenVino> found = OpenVino.find(choice.openvino());
    if (choice.engine() == ServingEngine.OPENVINO) {
      OpenVino openVino =
          found.orElseThrow(
              () ->
                  new IllegalStateException(
                      "serving.engine is openvino, but there is no OpenVINO in '%s'; install it (pip install openvino) and name its folder as serving.openvino or in %s"
                          .formatted(choice.openvino(), OpenVino.ENVIRONMENT)));
      return of(spec, weights, openVino, best(openVino, choice.precision()));
    }
    if (found.isEmpty()) {
      return of(spec, weights, form, choice.device());
    }
    List<MeasuredServingModel.Engine> engines = new ArrayList<>();
    engines.add(
        new MeasuredServingModel.Engine(
            "TensorFlow", () -> of(spec, weights, form, choice.device())));
    for (OpenVinoPrecision precision :
        EnumSet.of(OpenVinoPrecision.FLOAT32, best(found.get(), choice.precision()))) {
      engines.add(
          new MeasuredServingModel.Engine(
              "OpenVINO in " + precision, () -> of(spec, weights, found.get(), precision)));
    }
    return new MeasuredServingModel(spec, engines, FASTEST, System::nanoTime);
  }

  private static OpenVinoPrecision best(OpenVino openVino, Precision precision) {
    return precision == Precision.FLOAT32 ? OpenVinoPrecision.FLOAT32 : openVino.fastest();
  }

  /** A serving model of weights in memory, through OpenVINO in a precision of choice. */
  public static ServingModel of(
      ModelSpec spec, Weights weights, OpenVino openVino, OpenVinoPrecision precision) {
    return new FrozenServingModel<>(
        spec,
        precision,
        OpenVinoPrecision.FLOAT32,
        (plan, it) ->
            new OpenVinoGraph(
                openVino, it, freeze(spec, weights, plan), plan, spec.taxonomy().size()),
        true);
  }

  /**
   * The graph that serves one plan.
   *
   * @throws CheckpointException if a weight is missing
   */
  public static FrozenGraph freeze(ModelSpec spec, Weights weights, Plan plan) {
    return freeze(spec, weights, plan, ServingForm.PLAIN_FLOAT32);
  }

  /**
   * The same in a given form; a fused one runs in the TensorFlow that Segue uses alone.
   *
   * @throws CheckpointException if a weight is missing
   */
  public static FrozenGraph freeze(ModelSpec spec, Weights weights, Plan plan, ServingForm form) {
    try (PlanGraph graph = new PlanGraph(spec, weights, plan, form, Devices.CONFIG, "")) {
      return graph.frozen();
    }
  }

  /**
   * A SavedModel from elsewhere, which runs as it is: signature {@code serving_default} with {@code
   * inputs} (uint8 {@code [batch, height, width, 3]}) and {@code logits} (float32 {@code [batch,
   * height, width, classes]}, of any size). A batch size that the signature fixes bounds the
   * batches, a height and width that it fixes are those of all frames. Only the single plan works.
   *
   * @param directory with {@code saved_model.pb}
   * @param name of the model
   * @param taxonomy its classes
   * @throws CheckpointException saying what does not fit
   */
  public static ServingModel ofSavedModel(Path directory, String name, Taxonomy taxonomy) {
    return new SavedModelServing(directory, name, taxonomy);
  }
}

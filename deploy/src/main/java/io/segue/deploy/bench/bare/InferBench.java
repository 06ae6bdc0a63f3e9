package io.segue.deploy.bench.bare;

import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.serve.FrozenGraph;
import io.segue.model.serve.ModelDirectory;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.ServingModels;
import io.segue.model.serve.form.Precision;
import io.segue.model.serve.form.ServingForm;
import io.segue.model.serve.openvino.OpenVino;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.tensorflow.types.TUint8;

/**
 * Frames a second through {@link ServingModel}, through a bare session on the very same graph, and
 * through the exported SavedModel as it comes; through OpenVINO too where it is installed.
 */
public final class InferBench extends NetworkRows {
  private static final String OURS = "ours";
  private static final String BARE = "bare";
  private static final String SAVED_MODEL = "savedModel";
  private static final int PLAN_FRAMES = 16;

  /** A measurement of all networks that {@code options} names; progress in lines. */
  public InferBench(BenchOptions options, Consumer<String> progress) {
    super(options, progress);
  }

  @Override
  Map<String, Object> row(BenchNetwork network, Path directory) throws InterruptedException {
    ModelSpec spec = network.spec(frames.taxonomy());
    progress.accept(network.key() + ": training it a little");
    BenchNetwork.writeTrained(spec, frames.examples(), List.of(directory));
    Weights weights = ModelDirectory.readWeights(directory, spec);
    ByteBuffer pixels = frames.pixels(network.height(), network.width());
    int count = frames.examples().size();
    ServingForm form = ServingForm.best(Precision.AUTO);
    try (FrameTensors tensors = new FrameTensors(pixels, count, network.height(), network.width());
        ServingModel model = ServingModels.of(spec, weights, form);
        BareGraph bare = new BareGraph(frozen(spec, weights, form), tensors);
        PlainSavedModel savedModel = new PlainSavedModel(directory, tensors);
        OpenVinoRivals rivals = new OpenVinoRivals(OpenVino.find(""), spec, weights)) {
      progress.accept(network.key() + ": looking for the fastest batch size");
      int batch = BatchSizes.fastest(bare::batchesOf);
      int savedModelBatch = BatchSizes.fastest(savedModel::batchesOf);
      Map<String, Contender> contenders = new LinkedHashMap<>();
      contenders.put(BARE, bare.batchesOf(batch));
      contenders.put(OURS, through(model, pixels, batch, Plan.SINGLE));
      contenders.put(SAVED_MODEL, savedModel.batchesOf(savedModelBatch));
      contenders.putAll(rivals.contenders(it -> through(it, pixels, batch, Plan.SINGLE)));
      for (Contender it : contenders.values()) {
        it.run(2 * batch);
      }
      progress.accept(network.key() + ": measuring batches of " + batch);
      Rounds rounds = Rounds.measure(contenders, options.rounds(), count, progress);
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("framesPerSecond", rounds.framesPerSecond(OURS));
      row.put("bareFramesPerSecond", rounds.framesPerSecond(BARE));
      row.put("ratioToBare", rounds.ratio(OURS, BARE));
      row.put("speedUp", rounds.ratio(OURS, SAVED_MODEL));
      row.put("savedModelFramesPerSecond", rounds.framesPerSecond(SAVED_MODEL));
      row.put("cpuMillisPerFrame", rounds.cpuMillisPerFrame(OURS));
      row.put("bareCpuMillisPerFrame", rounds.cpuMillisPerFrame(BARE));
      row.put("savedModelCpuMillisPerFrame", rounds.cpuMillisPerFrame(SAVED_MODEL));
      row.put("batchSize", batch);
      row.put("savedModelBatchSize", savedModelBatch);
      row.put("form", form.name());
      row.put("precision", model.precision().name().toLowerCase(Locale.ROOT));
      row.putAll(
          VariableCost.figures(
              frozen(spec, weights, form),
              tensors,
              batch,
              options.rounds(),
              line -> progress.accept(network.key() + ": " + line)));
      progress.accept(network.key() + ": three scales with flip against the single runs");
      row.put(
          "planCost",
          PlanCost.ratio(
              it -> through(model, pixels, 1, it),
              options.rounds(),
              Math.min(PLAN_FRAMES, count),
              progress));
      progress.accept(network.key() + ": comparing logits and pixels");
      Agreement agreement = new Agreement(spec.taxonomy().size());
      for (TUint8 frame : tensors.batchesOf(1)) {
        agreement.add(bare.logits(frame), savedModel.logits(frame));
      }
      row.put("equalPixelShare", agreement.equalPixelShare());
      row.put("largestLogitDifference", agreement.largestDifference());
      row.put("largestLogit", agreement.largestLogit());
      row.putAll(rivals.figures(rounds, SAVED_MODEL, model, pixels));
      return row;
    }
  }

  /** Not kept by who calls: its weights take as much of the heap as those that were read. */
  private static FrozenGraph frozen(ModelSpec spec, Weights weights, ServingForm form) {
    return ServingModels.freeze(spec, weights, Plan.SINGLE, form);
  }

  private Contender through(ServingModel model, ByteBuffer pixels, int batch, Plan plan) {
    int height = model.spec().inputHeight();
    int width = model.spec().inputWidth();
    int stride = batch * height * width * 3;
    int batches = pixels.remaining() / stride;
    int[] next = {0};
    return wanted -> {
      int done = 0;
      while (done < wanted) {
        ByteBuffer rgb = pixels.duplicate().position(next[0]++ % batches * stride);
        try (Segmentation masks = model.segment(rgb, batch, height, width, plan)) {
          done += masks.mask(batch - 1).hasRemaining() ? batch : 0;
        }
      }
      return done;
    };
  }
}

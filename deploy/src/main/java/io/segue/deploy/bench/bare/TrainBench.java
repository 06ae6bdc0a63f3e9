package io.segue.deploy.bench.bare;

import io.segue.model.config.ModelSpec;
import io.segue.model.data.ExampleSource;
import io.segue.model.train.StepGraph;
import io.segue.model.train.TrainingOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Frames a second through the trainer with its input pipeline, and through a bare session on the
 * same training graph and batches made beforehand.
 */
public final class TrainBench extends NetworkRows {
  private static final String OURS = "ours";
  private static final String BARE = "bare";
  private static final double RATE = 1e-3;

  /** A measurement of all networks that {@code options} names; progress in lines. */
  public TrainBench(BenchOptions options, Consumer<String> progress) {
    super(options, progress);
  }

  @Override
  Map<String, Object> row(BenchNetwork network, Path directory) throws InterruptedException {
    ModelSpec spec = network.spec(frames.taxonomy());
    ExampleSource source = ExampleSource.of(frames.examples());
    try (BareTraining bare =
        new BareTraining(StepGraph.of(spec, training(1, 1)), source, spec, RATE)) {
      progress.accept(network.key() + ": looking for the fastest batch size");
      int batch = BatchSizes.fastest(bare::batchesOf);
      progress.accept(network.key() + ": measuring batches of " + batch);
      Contender preloaded = bare.batchesOf(batch);
      try (SteppedTraining ours =
          new SteppedTraining(spec, source, training(Integer.MAX_VALUE, batch), directory)) {
        ours.awaitFirstStep();
        ours.run(2 * batch);
        preloaded.run(2 * batch);
        Map<String, Contender> contenders = new LinkedHashMap<>();
        contenders.put(BARE, preloaded);
        contenders.put(OURS, ours);
        Rounds rounds =
            Rounds.measure(contenders, options.rounds(), frames.examples().size(), progress);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("framesPerSecond", rounds.framesPerSecond(OURS));
        row.put("bareFramesPerSecond", rounds.framesPerSecond(BARE));
        row.put("ratioToBare", rounds.ratio(OURS, BARE));
        row.put("cpuMillisPerFrame", rounds.cpuMillisPerFrame(OURS));
        row.put("bareCpuMillisPerFrame", rounds.cpuMillisPerFrame(BARE));
        row.put("batchSize", batch);
        row.put("precision", "float32");
        row.put("trainerStarvedShare", ours.stop().starvedShare());
        return row;
      }
    }
  }

  private static TrainingOptions training(int steps, int batch) {
    return TrainingOptions.builder(steps, batch)
        .learningRate(RATE, 0)
        .scale(0.5, 1.5)
        .l2WeightDecay(4e-5)
        .checkpointEvery(Integer.MAX_VALUE)
        .build();
  }
}

package io.segue.deploy.bench.bare;

import io.segue.model.config.ModelSpec;
import io.segue.model.data.Batch;
import io.segue.model.data.ExampleSource;
import io.segue.model.data.InputOptions;
import io.segue.model.data.ParserOptions;
import io.segue.model.data.SegmentationInput;
import io.segue.model.data.Size;
import io.segue.model.train.StepGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** A training graph run by nothing but {@code session.run} on batches made beforehand. */
final class BareTraining implements AutoCloseable {
  private final StepGraph step;
  private final ExampleSource source;
  private final ModelSpec spec;
  private final Graph graph = new Graph();
  private final Session session;
  private final List<TFloat32> scalars;
  private final Map<Integer, List<Batch>> made = new HashMap<>();

  BareTraining(StepGraph step, ExampleSource source, ModelSpec spec, double rate) {
    this.step = step;
    this.source = source;
    this.spec = spec;
    graph.importGraphDef(step.definition());
    session = new Session(graph);
    scalars = List.of(TFloat32.scalarOf((float) rate), TFloat32.scalarOf(1), TFloat32.scalarOf(0));
    session.runner().addTarget(step.initializer()).run().close();
  }

  /** Steps on batches of this size. */
  Contender batchesOf(int batch) throws InterruptedException {
    List<Batch> batches = preloaded(batch);
    int[] next = {0};
    return wanted -> {
      int done = 0;
      while (done < wanted) {
        Batch fed = batches.get(next[0]++ % batches.size());
        Session.Runner runner =
            session
                .runner()
                .feed(step.images(), fed.images())
                .feed(step.labels(), fed.labels())
                .fetch(step.loss());
        for (int i = 0; i < scalars.size(); i++) {
          runner.feed(step.scalars().get(i), scalars.get(i));
        }
        step.targets().forEach(runner::addTarget);
        runner.run().close();
        done += batch;
      }
      return done;
    };
  }

  private List<Batch> preloaded(int size) throws InterruptedException {
    List<Batch> batches = made.get(size);
    if (batches == null) {
      batches = new ArrayList<>();
      made.put(size, batches);
      try (SegmentationInput input = new SegmentationInput(source, inputOptions(size))) {
        for (int frames = 0; frames < BenchFrames.FEWEST; frames += size) {
          batches.add(input.next());
        }
      }
    }
    return batches;
  }

  private InputOptions inputOptions(int size) {
    ParserOptions parser =
        ParserOptions.plain(
            new Size(spec.inputHeight(), spec.inputWidth()), spec.taxonomy().ignoreValue());
    return new InputOptions(parser, spec.taxonomy().size(), size, 2, 2, 1, 0);
  }

  @Override
  public void close() {
    made.values().forEach(batches -> batches.forEach(Batch::close));
    scalars.forEach(TFloat32::close);
    session.close();
    graph.close();
  }
}

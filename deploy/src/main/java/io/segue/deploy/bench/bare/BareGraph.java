package io.segue.deploy.bench.bare;

import io.segue.model.serve.FrozenGraph;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** A frozen serving graph run by nothing but {@code session.run} on tensors made beforehand. */
final class BareGraph implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session;
  private final FrameTensors frames;

  BareGraph(FrozenGraph frozen, FrameTensors frames) {
    graph.importGraphDef(frozen.definition());
    session = new Session(graph);
    this.frames = frames;
  }

  /** Runs an operation, and returns the milliseconds that it took. */
  double run(String operation) {
    long began = System.nanoTime();
    session.runner().addTarget(operation).run().close();
    return (System.nanoTime() - began) / 1e6;
  }

  /** Masks of batches of this size. */
  Contender batchesOf(int batch) {
    List<TUint8> fed = frames.batchesOf(batch);
    int[] next = {0};
    return wanted -> {
      int done = 0;
      while (done < wanted) {
        session
            .runner()
            .feed(FrozenGraph.FRAMES, fed.get(next[0]++ % fed.size()))
            .fetch(FrozenGraph.MASKS)
            .fetch(FrozenGraph.MARGINS)
            .run()
            .close();
        done += batch;
      }
      return done;
    };
  }

  /** The logits of one frame, {@code [height, width, classes]}. */
  float[] logits(TUint8 frame) {
    try (Result result =
        session.runner().feed(FrozenGraph.FRAMES, frame).fetch(FrozenGraph.SCORES).run()) {
      TFloat32 scores = (TFloat32) result.get(0);
      float[] values = new float[Math.toIntExact(scores.size())];
      scores.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}

package io.segue.model.golden;

import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;

/** Sessions for tests: few threads. */
public final class Sessions {
  private static final ConfigProto CONFIG =
      ConfigProto.newBuilder()
          .setIntraOpParallelismThreads(2)
          .setInterOpParallelismThreads(1)
          .build();

  private Sessions() {}

  /** A session on {@code graph} with two threads. */
  public static Session open(Graph graph) {
    return new Session(graph, CONFIG);
  }
}

package io.segue.deploy.bench.bare;

import java.nio.file.Path;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** An exported model as it comes: the training network's float32 operations on variables. */
final class PlainSavedModel implements AutoCloseable {
  private final SavedModelBundle bundle;
  private final String inputs;
  private final String logits;
  private final FrameTensors frames;

  PlainSavedModel(Path directory, FrameTensors frames) {
    bundle = SavedModelBundle.load(directory.toString(), "serve");
    SignatureDef signature = bundle.metaGraphDef().getSignatureDefOrThrow("serving_default");
    inputs = signature.getInputsOrThrow("inputs").getName();
    logits = signature.getOutputsOrThrow("logits").getName();
    this.frames = frames;
  }

  /** Logits of batches of this size. */
  Contender batchesOf(int batch) {
    List<TUint8> fed = frames.batchesOf(batch);
    int[] next = {0};
    return wanted -> {
      int done = 0;
      while (done < wanted) {
        TUint8 tensor = fed.get(next[0]++ % fed.size());
        bundle.session().runner().feed(inputs, tensor).fetch(logits).run().close();
        done += batch;
      }
      return done;
    };
  }

  /** The logits of one frame, {@code [height, width, classes]}. */
  float[] logits(TUint8 frame) {
    try (Result result = bundle.session().runner().feed(inputs, frame).fetch(logits).run()) {
      TFloat32 scores = (TFloat32) result.get(0);
      float[] values = new float[Math.toIntExact(scores.size())];
      scores.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  @Override
  public void close() {
    bundle.close();
  }
}

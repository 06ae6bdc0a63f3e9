package io.segue.model.serve;

import io.segue.model.checkpoint.CheckpointException;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.config.SegmentationModelConfig;
import io.segue.model.config.Taxonomy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A SavedModel from elsewhere, run as it is: its logits are upsampled to the frames' size and
 * decided. It takes no plan but the single one.
 */
final class SavedModelServing implements ServingModel {
  private static final String SIGNATURE = "serving_default";
  private static final String INPUT = "inputs";
  private static final String OUTPUT = "logits";
  private static final int RANK = 4;

  private final ModelSpec spec;
  private final SavedModelBundle bundle;
  private final TensorInfo input;
  private final TensorInfo output;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  SavedModelServing(Path directory, String name, Taxonomy taxonomy) {
    SignatureDef signature = signature(directory);
    input = tensor(directory, signature.getInputsMap(), INPUT, DataType.DT_UINT8);
    output = tensor(directory, signature.getOutputsMap(), OUTPUT, DataType.DT_FLOAT);
    long classes = size(output, RANK - 1);
    if (classes > 0 && classes != taxonomy.size()) {
      throw new CheckpointException(
          "SavedModel '%s': logits have %d classes, taxonomy '%s' has %d; give the taxonomy that it was trained on"
              .formatted(directory, classes, taxonomy.id(), taxonomy.size()));
    }
    spec =
        new ModelSpec(
            name,
            SegmentationModelConfig.parse("num_classes: " + taxonomy.size()),
            Math.max(1, (int) size(output, 1)),
            Math.max(1, (int) size(output, 2)),
            taxonomy);
    bundle = SavedModelBundle.load(directory.toString(), "serve");
  }

  private static SignatureDef signature(Path directory) {
    Map<String, SignatureDef> signatures = ModelDirectory.signatures(directory);
    SignatureDef signature = signatures.get(SIGNATURE);
    if (signature == null) {
      throw new CheckpointException(
          "SavedModel '%s' has the signatures %s; it needs %s"
              .formatted(directory, signatures.keySet(), SIGNATURE));
    }
    return signature;
  }

  private static TensorInfo tensor(
      Path directory, Map<String, TensorInfo> tensors, String name, DataType type) {
    TensorInfo info = tensors.get(name);
    if (info == null) {
      throw new CheckpointException(
          "SavedModel '%s': its signature has %s; it needs '%s'"
              .formatted(directory, tensors.keySet(), name));
    }
    boolean rankKnown = !info.getTensorShape().getUnknownRank();
    if (info.getDtype() != type || (rankKnown && info.getTensorShape().getDimCount() != RANK)) {
      throw new CheckpointException(
          "SavedModel '%s': '%s' is %s of rank %d; it must be %s [batch, height, width, channels], as an export with input type image_tensor has it"
              .formatted(
                  directory, name, info.getDtype(), info.getTensorShape().getDimCount(), type));
    }
    return info;
  }

  /** A static size; -1 where it is not known. */
  private static long size(TensorInfo info, int dimension) {
    return info.getTensorShape().getUnknownRank()
        ? -1
        : info.getTensorShape().getDim(dimension).getSize();
  }

  @Override
  public ModelSpec spec() {
    return spec;
  }

  @Override
  public Segmentation segment(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    FrameBuffers.check(spec.name(), rgb, batch, height, width);
    if (plan.branches() != 1 || plan.scales().get(0) != 1) {
      throw new IllegalArgumentException(
          "model '%s' is a SavedModel from elsewhere and runs as it is; plan %s needs one that Segue built, %s works"
              .formatted(spec.name(), plan.id(), Plan.SINGLE.id()));
    }
    long taken = size(input, 0);
    if (taken > 0 && taken != batch) {
      throw new IllegalArgumentException(
          "model '%s' takes batches of %d, not %d".formatted(spec.name(), taken, batch));
    }
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("model '" + spec.name() + "' is closed");
      }
      return run(rgb, batch, height, width);
    } finally {
      lock.readLock().unlock();
    }
  }

  private Segmentation run(ByteBuffer rgb, int batch, int height, int width) {
    int size = Math.multiplyExact(Math.multiplyExact(batch, height), width * 3);
    try (TUint8 fed =
            TUint8.tensorOf(
                Shape.of(batch, height, width, 3),
                DataBuffers.of(rgb.slice(rgb.position(), size)));
        Result result =
            bundle.session().runner().feed(input.getName(), fed).fetch(output.getName()).run()) {
      TFloat32 logits = (TFloat32) result.get(0);
      int classes = (int) logits.shape().get(RANK - 1);
      if (classes != spec.taxonomy().size()) {
        throw new IllegalStateException(
            "model '%s': logits have %d classes, taxonomy '%s' has %d"
                .formatted(spec.name(), classes, spec.taxonomy().id(), spec.taxonomy().size()));
      }
      float[] values = new float[Math.toIntExact(logits.size())];
      logits.asRawTensor().data().asFloats().read(values);
      LogitsUpsampling.Branch branch =
          new LogitsUpsampling.Branch(
              values, (int) logits.shape().get(1), (int) logits.shape().get(2));
      return new LogitsUpsampling(batch, height, width, classes).masks(List.of(branch));
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        bundle.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}

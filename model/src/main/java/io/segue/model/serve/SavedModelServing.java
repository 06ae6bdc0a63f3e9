package io.segue.model.serve;

import io.segue.model.checkpoint.CheckpointException;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.config.Taxonomy;
import io.segue.model.serve.form.Devices;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A SavedModel from elsewhere, run as it is: its logits are upsampled to the frames' size and
 * decided. Where it preserves the aspect ratio, {@code image_info} says which part of them is not
 * padding. It takes no plan but the single one, and where the signature fixes a batch size, what is
 * missing from a batch is fed as black frames.
 */
final class SavedModelServing implements ServingModel {
  private static final String SIGNATURE = "serving_default";
  private static final String INPUT = "inputs";
  private static final String OUTPUT = "logits";
  private static final String IMAGE_INFO = "image_info";
  private static final int RANK = 4;
  private static final int ROWS = 1;
  private static final int COLUMNS = 2;
  private static final int CHANNELS = 3;

  private final ModelSpec spec;
  private final SavedModelBundle bundle;
  private final TensorInfo input;
  private final TensorInfo output;
  private final Optional<TensorInfo> imageInfo;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  /** A model of the logits' size. */
  SavedModelServing(Path directory, String name, Taxonomy taxonomy) {
    this(
        directory,
        signature(directory),
        output ->
            ModelSpec.ofSavedModel(
                name,
                Math.max(1, (int) size(output, ROWS)),
                Math.max(1, (int) size(output, COLUMNS)),
                taxonomy));
  }

  /** A model with a spec of its own. */
  SavedModelServing(Path directory, ModelSpec spec) {
    this(directory, signature(directory), output -> spec);
  }

  private SavedModelServing(
      Path directory, SignatureDef signature, Function<TensorInfo, ModelSpec> specOf) {
    input = tensor(directory, signature.getInputsMap(), INPUT, DataType.DT_UINT8);
    output = tensor(directory, signature.getOutputsMap(), OUTPUT, DataType.DT_FLOAT);
    imageInfo = Optional.ofNullable(signature.getOutputsMap().get(IMAGE_INFO));
    spec = specOf.apply(output);
    check(directory);
    bundle =
        SavedModelBundle.loader(directory.toString())
            .withTags("serve")
            .withConfigProto(Devices.CONFIG)
            .load();
  }

  private void check(Path directory) {
    long channels = size(input, CHANNELS);
    if (channels > 0 && channels != 3) {
      throw new CheckpointException(
          "SavedModel '%s': '%s' has %d channels; it must take the 3 of RGB"
              .formatted(directory, INPUT, channels));
    }
    long classes = size(output, CHANNELS);
    Taxonomy taxonomy = spec.taxonomy();
    if (classes > 0 && classes != taxonomy.size()) {
      throw new CheckpointException(
          "SavedModel '%s': logits have %d classes, taxonomy '%s' has %d; give the taxonomy that it was trained on"
              .formatted(directory, classes, taxonomy.id(), taxonomy.size()));
    }
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
  public void requireFits(Plan plan) {
    if (plan.branches() != 1 || plan.scales().get(0) != 1) {
      throw new IllegalArgumentException(
          "model '%s' is a SavedModel from elsewhere and runs as it is; plan %s needs one that Segue built, %s works"
              .formatted(spec.name(), plan.id(), Plan.SINGLE.id()));
    }
  }

  @Override
  public Segmentation segment(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
    FrameBuffers.check(spec.name(), rgb, batch, height, width);
    requireFits(plan);
    if (batch > maxBatchSize()) {
      throw new IllegalArgumentException(
          "model '%s' takes batches of %d, not %d".formatted(spec.name(), maxBatchSize(), batch));
    }
    checkSize(height, width);
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

  private void checkSize(int height, int width) {
    long rows = size(input, ROWS);
    long columns = size(input, COLUMNS);
    if ((rows > 0 && rows != height) || (columns > 0 && columns != width)) {
      throw new IllegalArgumentException(
          "model '%s' takes frames of %s×%s pixels, not %d×%d; send such frames, or export it for images of any size"
              .formatted(
                  spec.name(),
                  columns > 0 ? columns : "any",
                  rows > 0 ? rows : "any",
                  width,
                  height));
    }
  }

  /** A batch size that the signature fixes; smaller batches are filled up. */
  @Override
  public int maxBatchSize() {
    long fixed = size(input, 0);
    return fixed > 0 ? (int) fixed : ServingModel.super.maxBatchSize();
  }

  /** Only GPUs choose their kernels anew for each size. */
  @Override
  public boolean preparesForBatchSize() {
    return !Devices.gpus().isEmpty();
  }

  private Segmentation run(ByteBuffer rgb, int batch, int height, int width) {
    int fixed = (int) size(input, 0);
    int fedFrames = fixed > 0 ? fixed : batch;
    int frameBytes = Math.multiplyExact(Math.multiplyExact(height, width), 3);
    ByteBuffer pixels = rgb.slice(rgb.position(), Math.multiplyExact(batch, frameBytes));
    if (fedFrames > batch) {
      pixels =
          ByteBuffer.allocateDirect(Math.multiplyExact(fedFrames, frameBytes)).put(pixels).clear();
    }
    try (TUint8 fed =
            TUint8.tensorOf(Shape.of(fedFrames, height, width, 3), DataBuffers.of(pixels));
        Result result = fetched(fed)) {
      TFloat32 logits = (TFloat32) result.get(0);
      int classes = (int) logits.shape().get(CHANNELS);
      if (classes != spec.taxonomy().size()) {
        throw new IllegalStateException(
            "model '%s': logits have %d classes, taxonomy '%s' has %d"
                .formatted(spec.name(), classes, spec.taxonomy().id(), spec.taxonomy().size()));
      }
      int[] content =
          imageInfo.isPresent()
              ? content(logits.shape(), (TFloat32) result.get(1), height, width)
              : new int[] {(int) logits.shape().get(1), (int) logits.shape().get(2)};
      LogitsUpsampling.Branch branch =
          new LogitsUpsampling.Branch(part(logits, batch, content), content[0], content[1]);
      return new LogitsUpsampling(batch, height, width, classes).masks(List.of(branch));
    }
  }

  private Result fetched(TUint8 fed) {
    Session.Runner runner =
        bundle.session().runner().feed(input.getName(), fed).fetch(output.getName());
    imageInfo.ifPresent(it -> runner.fetch(it.getName()));
    return runner.run();
  }

  /** Rows and columns of the logits that show the frames; below and on the right is padding. */
  private static int[] content(Shape logits, TFloat32 imageInfo, int height, int width) {
    int rows = (int) logits.get(1);
    int columns = (int) logits.get(2);
    boolean ofInput =
        rows == (int) imageInfo.getFloat(0, 1, 0) && columns == (int) imageInfo.getFloat(0, 1, 1);
    return ofInput
        ? new int[] {
          Math.min(rows, Math.round(height * imageInfo.getFloat(0, 2, 0))),
          Math.min(columns, Math.round(width * imageInfo.getFloat(0, 2, 1)))
        }
        : new int[] {rows, columns};
  }

  /** The logits of the frames' own pixels, without padding or what a batch was filled up with. */
  private static float[] part(TFloat32 logits, int batch, int[] content) {
    int rows = (int) logits.shape().get(1);
    int columns = (int) logits.shape().get(2);
    float[] all = Weights.Tensor.copyOf(logits).values();
    if (content[0] == rows && content[1] == columns && batch == logits.shape().get(0)) {
      return all;
    }
    int classes = (int) logits.shape().get(CHANNELS);
    int line = content[1] * classes;
    float[] part = new float[batch * content[0] * line];
    for (int i = 0; i < batch * content[0]; i++) {
      int row = i / content[0] * rows + i % content[0];
      System.arraycopy(all, row * columns * classes, part, i * line, line);
    }
    return part;
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

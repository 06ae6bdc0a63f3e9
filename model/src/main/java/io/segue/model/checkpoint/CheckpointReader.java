package io.segue.model.checkpoint;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_CheckpointReader;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.TF_TString;
import org.tensorflow.internal.c_api.TF_Tensor;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * TensorFlow's own reader of a checkpoint, which compares every tensor with its CRC. Reads tensors
 * without a session: the weights of a MobileNet take 12 ms, through a session 110. Not thread-safe.
 */
final class CheckpointReader implements AutoCloseable {
  private final Path prefix;
  private final TF_CheckpointReader reader;

  private CheckpointReader(Path prefix, TF_CheckpointReader reader) {
    this.prefix = prefix;
    this.reader = reader;
  }

  /**
   * Opens a checkpoint.
   *
   * @throws CheckpointException if it cannot be read
   */
  static CheckpointReader open(Path prefix) {
    try (PointerScope scope = new PointerScope()) {
      TF_Status status = TF_Status.newStatus();
      TF_CheckpointReader reader = tensorflow.TF_NewCheckpointReader(prefix.toString(), status);
      check(prefix, status);
      return new CheckpointReader(prefix, reader);
    }
  }

  /** All stored tensors by key. */
  Map<String, CheckpointFile.Entry> entries() {
    try (PointerScope scope = new PointerScope()) {
      TF_Status status = TF_Status.newStatus();
      Map<String, CheckpointFile.Entry> entries = new TreeMap<>();
      int size = tensorflow.TF_CheckpointReaderSize(reader);
      for (int i = 0; i < size; i++) {
        BytePointer name = tensorflow.TF_CheckpointReaderGetVariable(reader, i);
        int rank = tensorflow.TF_CheckpointReaderGetVariableNumDims(reader, name);
        long[] sizes = new long[Math.max(0, rank)];
        tensorflow.TF_CheckpointReaderGetVariableShape(reader, name, sizes, sizes.length, status);
        check(prefix, status);
        int type = tensorflow.TF_CheckpointReaderGetVariableDataType(reader, name);
        entries.put(
            name.getString(),
            new CheckpointFile.Entry(
                Optional.ofNullable(DataType.forNumber(type)).orElse(DataType.DT_INVALID),
                Shape.of(sizes)));
      }
      return entries;
    }
  }

  /**
   * The values of a stored float32 tensor, in C order.
   *
   * @throws CheckpointException if it is not what was written
   */
  float[] floats(String key) {
    return read(
        key,
        (data, bytes) -> {
          float[] values = new float[Math.toIntExact(bytes / Float.BYTES)];
          new FloatPointer(data).get(values);
          return values;
        });
  }

  /**
   * The bytes of a stored scalar of text.
   *
   * @throws CheckpointException if it is not what was written
   */
  byte[] text(String key) {
    return read(
        key,
        (data, bytes) -> {
          TF_TString text = new TF_TString(data);
          byte[] characters = new byte[Math.toIntExact(tensorflow.TF_TString_GetSize(text))];
          tensorflow.TF_TString_GetDataPointer(text).get(characters);
          return characters;
        });
  }

  private interface Copy<T> {
    T of(Pointer data, long bytes);
  }

  private <T> T read(String key, Copy<T> copy) {
    try (PointerScope scope = new PointerScope()) {
      TF_Status status = TF_Status.newStatus();
      TF_Tensor tensor = tensorflow.TF_CheckpointReaderGetTensor(reader, key, status);
      check(prefix, status);
      try {
        return copy.of(tensorflow.TF_TensorData(tensor), tensorflow.TF_TensorByteSize(tensor));
      } finally {
        tensorflow.TF_DeleteTensor(tensor);
      }
    }
  }

  private static void check(Path prefix, TF_Status status) {
    if (tensorflow.TF_GetCode(status) != tensorflow.TF_OK) {
      throw new CheckpointException(
          "checkpoint '%s' cannot be read: %s"
              .formatted(prefix, tensorflow.TF_Message(status).getString()));
    }
  }

  @Override
  public void close() {
    tensorflow.TF_DeleteCheckpointReader(reader);
  }
}

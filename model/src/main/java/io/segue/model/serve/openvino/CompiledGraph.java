package io.segue.model.serve.openvino;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Function;

/**
 * A graph that OpenVINO has compiled. Calls may overlap, each with a request of its own; requests
 * are kept for later calls. {@link #close} frees all native memory; the caller sees to it that no
 * call is under way then, and makes none afterwards.
 */
public final class CompiledGraph implements AutoCloseable {
  private final OpenVino openVino;
  private final NativeOpenVino library;
  private final Pointer compiled;
  private final Deque<Pointer> idle = new ConcurrentLinkedDeque<>();
  private final int inputType;

  CompiledGraph(OpenVino openVino, NativeOpenVino library, Pointer compiled) {
    this.openVino = openVino;
    this.library = library;
    this.compiled = compiled;
    inputType = inputType();
  }

  /** The number of the input's type, which changes from version to version of OpenVINO. */
  private int inputType() {
    PointerByReference tensor = new PointerByReference();
    Pointer request = request();
    openVino.check(
        library.ov_infer_request_get_input_tensor(request, tensor), "say its input's type");
    IntByReference type = new IntByReference();
    int status = library.ov_tensor_get_element_type(tensor.getValue(), type);
    library.ov_tensor_free(tensor.getValue());
    idle.push(request);
    openVino.check(status, "say its input's type");
    return type.getValue();
  }

  private Pointer request() {
    PointerByReference created = new PointerByReference();
    openVino.check(
        library.ov_compiled_model_create_infer_request(compiled, created), "make a request");
    return created.getValue();
  }

  /** The outputs of one run, as long as {@link CompiledGraph#run} lasts. */
  public final class Outputs {
    private final Pointer request;

    private Outputs(Pointer request) {
      this.request = request;
    }

    /** The size of each dimension of an output. */
    public long[] shape(String name) {
      return with(
          name,
          tensor -> {
            NativeOpenVino.Shape shape = new NativeOpenVino.Shape();
            openVino.check(library.ov_tensor_get_shape(tensor, shape), "say a shape");
            long[] sizes = shape.dims.getLongArray(0, Math.toIntExact(shape.rank));
            library.ov_shape_free(shape);
            return sizes;
          });
    }

    /** A copy of an output of float32. */
    public float[] floats(String name) {
      return with(
          name,
          tensor -> {
            int size = Math.toIntExact(byteSize(tensor) / Float.BYTES);
            return size == 0 ? new float[0] : data(tensor).getFloatArray(0, size);
          });
    }

    /** A copy of an output of uint8. */
    public byte[] bytes(String name) {
      return with(
          name,
          tensor -> {
            int size = Math.toIntExact(byteSize(tensor));
            return size == 0 ? new byte[0] : data(tensor).getByteArray(0, size);
          });
    }

    private <T> T with(String name, Function<Pointer, T> use) {
      PointerByReference tensor = new PointerByReference();
      openVino.check(
          library.ov_infer_request_get_tensor(request, name + ":0", tensor),
          "give output '" + name + "'");
      try {
        return use.apply(tensor.getValue());
      } finally {
        library.ov_tensor_free(tensor.getValue());
      }
    }

    private long byteSize(Pointer tensor) {
      LongByReference size = new LongByReference();
      openVino.check(library.ov_tensor_get_byte_size(tensor, size), "say a size");
      return size.getValue();
    }

    private Pointer data(Pointer tensor) {
      PointerByReference data = new PointerByReference();
      openVino.check(library.ov_tensor_data(tensor, data), "give data");
      return data.getValue();
    }
  }

  /**
   * Runs the graph on pixels that are read where they lie.
   *
   * @param pixels a direct buffer of uint8, from its position on
   * @param shape of the pixels
   * @param use takes what it needs of the outputs
   * @return what {@code use} gives
   */
  public <T> T run(ByteBuffer pixels, long[] shape, Function<Outputs, T> use) {
    Pointer kept = idle.poll();
    Pointer request = kept == null ? request() : kept;
    try {
      infer(request, pixels, shape);
      return use.apply(new Outputs(request));
    } finally {
      idle.push(request);
    }
  }

  private void infer(Pointer request, ByteBuffer pixels, long[] shape) {
    try (Memory sizes = new Memory((long) shape.length * Long.BYTES)) {
      sizes.write(0, shape, 0, shape.length);
      NativeOpenVino.Shape.Value passed = new NativeOpenVino.Shape.Value();
      passed.rank = shape.length;
      passed.dims = sizes;
      PointerByReference tensor = new PointerByReference();
      openVino.check(
          library.ov_tensor_create_from_host_ptr(
              inputType, passed, Native.getDirectBufferPointer(pixels.slice()), tensor),
          "take pixels");
      try {
        openVino.check(
            library.ov_infer_request_set_input_tensor(request, tensor.getValue()), "take pixels");
        openVino.check(library.ov_infer_request_infer(request), "infer");
      } finally {
        library.ov_tensor_free(tensor.getValue());
      }
    } finally {
      Reference.reachabilityFence(pixels);
    }
  }

  @Override
  public void close() {
    idle.forEach(library::ov_infer_request_free);
    idle.clear();
    library.ov_compiled_model_free(compiled);
  }
}

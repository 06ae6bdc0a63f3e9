package io.segue.model.serve.openvino;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;

/**
 * The functions of {@code openvino_c} that serving needs, as its headers declare them; {@code
 * size_t} is a {@code long}, since OpenVINO exists for 64-bit processors alone. All that return an
 * {@code int} return a status, 0 for success.
 */
interface NativeOpenVino extends Library {
  /** {@code ov_version_t}. */
  @FieldOrder({"buildNumber", "description"})
  final class Version extends Structure {
    public Pointer buildNumber = Pointer.NULL;
    public Pointer description = Pointer.NULL;
  }

  /** {@code ov_shape_t}, which is also passed by value. */
  @FieldOrder({"rank", "dims"})
  class Shape extends Structure {
    public long rank;
    public Pointer dims = Pointer.NULL;

    static final class Value extends Shape implements Structure.ByValue {}
  }

  String ov_get_error_info(int status);

  Pointer ov_get_last_err_msg();

  void ov_free(Pointer text);

  int ov_get_openvino_version(Version version);

  void ov_version_free(Version version);

  int ov_core_create(PointerByReference core);

  int ov_core_read_model(Pointer core, String path, Pointer weights, PointerByReference model);

  int ov_core_compile_model(
      Pointer core,
      Pointer model,
      String device,
      long properties,
      PointerByReference compiled,
      Object... keysAndValues);

  int ov_core_get_property(Pointer core, String device, String key, PointerByReference value);

  void ov_model_free(Pointer model);

  int ov_compiled_model_create_infer_request(Pointer compiled, PointerByReference request);

  void ov_compiled_model_free(Pointer compiled);

  int ov_infer_request_get_input_tensor(Pointer request, PointerByReference tensor);

  int ov_infer_request_set_input_tensor(Pointer request, Pointer tensor);

  int ov_infer_request_infer(Pointer request);

  int ov_infer_request_get_tensor(Pointer request, String name, PointerByReference tensor);

  void ov_infer_request_free(Pointer request);

  int ov_tensor_create_from_host_ptr(
      int type, Shape.Value shape, Pointer data, PointerByReference tensor);

  int ov_tensor_get_shape(Pointer tensor, Shape shape);

  int ov_tensor_get_element_type(Pointer tensor, IntByReference type);

  int ov_tensor_get_byte_size(Pointer tensor, LongByReference size);

  int ov_tensor_data(Pointer tensor, PointerByReference data);

  void ov_tensor_free(Pointer tensor);

  int ov_shape_free(Shape shape);
}

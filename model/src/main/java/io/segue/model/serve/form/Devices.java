package io.segue.model.serve.form;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.DeviceSpec;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/**
 * What TensorFlow computes on in this process. A device is named by its type and its number among
 * those of its type, such as {@code GPU:0}.
 */
public final class Devices {
  /**
   * How sessions are opened: a GPU's memory is taken as it is needed, and operations that a device
   * lacks run on the CPU.
   */
  public static final ConfigProto CONFIG =
      ConfigProto.newBuilder()
          .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true))
          .setAllowSoftPlacement(true)
          .build();

  private static final Logger LOG = LoggerFactory.getLogger(Devices.class);
  private static final String GPU_LIBRARY =
      "/org/tensorflow/internal/c_api/linux-x86_64-gpu/libjnitensorflow.so";
  private static final Pattern NAME = Pattern.compile("(CPU|GPU):(\\d{1,4})");
  private static final Pattern FULL_NAME = Pattern.compile(".*/device:((?:CPU|GPU):\\d+)");

  /** A system property, not a static field: each job in a Flink process has a class loader. */
  private static final String REMEMBERED = "io.segue.serving.gpus";

  private Devices() {}

  /**
   * The GPUs of this process; none where this TensorFlow is built for CPUs alone. One that is built
   * for GPUs and finds none says so once.
   */
  public static synchronized List<String> gpus() {
    if (!isBuiltForGpus()) {
      return List.of();
    }
    String known = System.getProperty(REMEMBERED);
    if (known == null) {
      List<String> found =
          list(CONFIG).stream().filter(device -> device.startsWith("GPU")).toList();
      if (found.isEmpty()) {
        LOG.warn(
            "This TensorFlow is built for GPUs and finds none: networks run on the CPU."
                + " It needs a driver, CUDA 12.5 and cuDNN 9.3 on the library path");
      } else {
        LOG.info("Networks run on {}", found);
      }
      known = String.join(",", found);
      System.setProperty(REMEMBERED, known);
    }
    return known.isEmpty() ? List.of() : List.of(known.split(","));
  }

  /** Whether this TensorFlow could run on GPUs, if there were any. */
  public static boolean isBuiltForGpus() {
    return Devices.class.getResource(GPU_LIBRARY) != null;
  }

  /** All devices of a session that is opened in this way. */
  static List<String> list(ConfigProto config) {
    byte[] serialised = config.toByteArray();
    try (PointerScope scope = new PointerScope()) {
      TF_Status status = TF_Status.newStatus();
      TF_SessionOptions options = TF_SessionOptions.newSessionOptions();
      tensorflow.TF_SetConfig(options, new BytePointer(serialised), serialised.length, status);
      check(status);
      TF_Session session = TF_Session.newSession(TF_Graph.newGraph(), options, status);
      check(status);
      TF_DeviceList devices = tensorflow.TF_SessionListDevices(session, status);
      check(status);
      try {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < tensorflow.TF_DeviceListCount(devices); i++) {
          Matcher name =
              FULL_NAME.matcher(tensorflow.TF_DeviceListName(devices, i, status).getString());
          if (name.matches()) {
            names.add(name.group(1));
          }
        }
        return names;
      } finally {
        tensorflow.TF_DeleteDeviceList(devices);
      }
    }
  }

  private static void check(TF_Status status) {
    if (tensorflow.TF_GetCode(status) != tensorflow.TF_OK) {
      throw new IllegalStateException(
          "TensorFlow does not say what it runs on: " + tensorflow.TF_Message(status).getString());
    }
  }

  /**
   * Where operations are placed.
   *
   * @throws IllegalArgumentException if {@code device} is no name such as {@code GPU:0}
   */
  public static DeviceSpec spec(String device) {
    Matcher name = NAME.matcher(device);
    if (!name.matches()) {
      throw new IllegalArgumentException(
          "device '%s'; write CPU:0 or GPU: with its number, such as GPU:0".formatted(device));
    }
    return DeviceSpec.newBuilder()
        .deviceType(DeviceSpec.DeviceType.valueOf(name.group(1)))
        .deviceIndex(Integer.parseInt(name.group(2)))
        .build();
  }
}

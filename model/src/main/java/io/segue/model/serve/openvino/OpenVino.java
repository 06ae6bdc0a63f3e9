package io.segue.model.serve.openvino;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * OpenVINO as this process has found it. A library that is found stays loaded until the process
 * ends; what is compiled with it is freed by its owner. Thread-safe.
 */
public final class OpenVino {
  /** Names the folder with the library where the configuration does not. */
  public static final String ENVIRONMENT = "SEGUE_OPENVINO";

  private static final Logger LOG = LoggerFactory.getLogger(OpenVino.class);
  private static final String DEVICE = "CPU";
  private static final int RTLD_NOW_LOCAL = 2;
  private static final Map<String, Optional<OpenVino>> FOUND = new ConcurrentHashMap<>();

  private final NativeOpenVino library;
  private final Pointer core;
  private final String version;
  private final OpenVinoPrecision fastest;

  private OpenVino(NativeOpenVino library) {
    this.library = library;
    version = readVersion();
    PointerByReference created = new PointerByReference();
    check(library.ov_core_create(created), "start");
    core = created.getValue();
    fastest =
        List.of(property("OPTIMIZATION_CAPABILITIES").split("[ ,]+")).contains("BF16")
            ? OpenVinoPrecision.BFLOAT16
            : OpenVinoPrecision.FLOAT32;
  }

  /**
   * Looks for the library: in {@code place} or, if that is blank, in what the environment variable
   * {@value #ENVIRONMENT} names or, if that is absent too, on the system's library path. Looks once
   * for each place, and logs what it found.
   *
   * @param place the library, its folder, the Python package {@code openvino} or what lies around
   *     it; may be blank
   * @return empty where there is no library, or one that does not load
   */
  public static Optional<OpenVino> find(String place) {
    String named =
        place.isBlank() ? Optional.ofNullable(System.getenv(ENVIRONMENT)).orElse("") : place;
    return FOUND.computeIfAbsent(named, OpenVino::look);
  }

  private static Optional<OpenVino> look(String place) {
    String name = "openvino_c";
    if (!place.isBlank()) {
      Optional<Path> file = LibrarySearch.in(Path.of(place));
      if (file.isEmpty()) {
        LOG.warn("no OpenVINO: '{}' holds no libopenvino_c; serving with TensorFlow", place);
        return Optional.empty();
      }
      name = file.get().toString();
    }
    try {
      NativeOpenVino loaded =
          Native.load(
              name, NativeOpenVino.class, Map.of(Library.OPTION_OPEN_FLAGS, RTLD_NOW_LOCAL));
      OpenVino openVino = new OpenVino(loaded);
      LOG.info("OpenVINO {} from {}, {} at best", openVino.version, name, openVino.fastest);
      return Optional.of(openVino);
    } catch (UnsatisfiedLinkError | OpenVinoException e) {
      if (place.isBlank()) {
        LOG.info("no OpenVINO on the library path; serving with TensorFlow");
      } else {
        LOG.warn("no OpenVINO: '{}' does not load; serving with TensorFlow", name, e);
      }
      return Optional.empty();
    }
  }

  /** Its version and build. */
  public String version() {
    return version;
  }

  /** The precision that this processor is fastest in. */
  public OpenVinoPrecision fastest() {
    return fastest;
  }

  /**
   * Compiles a frozen TensorFlow graph for this machine's processor.
   *
   * @param graph a serialised {@code GraphDef} with one placeholder, whose ends are its outputs
   * @param precision what it computes in
   * @return the caller closes it
   * @throws OpenVinoException if OpenVINO does not know an operation of the graph
   */
  public CompiledGraph compile(byte[] graph, OpenVinoPrecision precision) {
    Pointer model = read(graph);
    try {
      List<String> properties =
          List.of(
              "INFERENCE_PRECISION_HINT", precision.key(),
              "PERFORMANCE_HINT", "LATENCY",
              "NUM_STREAMS", "1",
              // Pinned threads would fight with those that decode and encode.
              "ENABLE_CPU_PINNING", "NO");
      PointerByReference compiled = new PointerByReference();
      check(
          library.ov_core_compile_model(
              core, model, DEVICE, properties.size(), compiled, properties.toArray()),
          "compile a graph");
      return new CompiledGraph(this, library, compiled.getValue());
    } finally {
      library.ov_model_free(model);
    }
  }

  /** TensorFlow graphs are read from files alone. */
  private Pointer read(byte[] graph) {
    try {
      Path file = Files.createTempFile("segue-openvino-", ".pb");
      try {
        Files.write(file, graph);
        PointerByReference model = new PointerByReference();
        check(
            library.ov_core_read_model(core, file.toString(), Pointer.NULL, model),
            "read a TensorFlow graph");
        return model.getValue();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot hand OpenVINO a graph through a temporary file", e);
    }
  }

  private String property(String key) {
    PointerByReference value = new PointerByReference();
    check(library.ov_core_get_property(core, DEVICE, key, value), "read " + key);
    try {
      return value.getValue().getString(0, StandardCharsets.UTF_8.name());
    } finally {
      library.ov_free(value.getValue());
    }
  }

  private String readVersion() {
    NativeOpenVino.Version read = new NativeOpenVino.Version();
    check(library.ov_get_openvino_version(read), "say its version");
    try {
      return read.buildNumber.getString(0, StandardCharsets.UTF_8.name());
    } finally {
      library.ov_version_free(read);
    }
  }

  /** Throws what OpenVINO says of the last call on this thread, unless it succeeded. */
  void check(int status, String what) {
    if (status == 0) {
      return;
    }
    Pointer detail = library.ov_get_last_err_msg();
    String message =
        detail == null ? "no details" : detail.getString(0, StandardCharsets.UTF_8.name());
    if (detail != null) {
      library.ov_free(detail);
    }
    throw new OpenVinoException(
        String.format(
            Locale.ROOT,
            "OpenVINO %s cannot %s: %s (%d): %s",
            version,
            what,
            library.ov_get_error_info(status),
            status,
            message.strip()));
  }
}

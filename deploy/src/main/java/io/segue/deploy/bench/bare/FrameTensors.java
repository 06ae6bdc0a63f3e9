package io.segue.deploy.bench.bare;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TUint8;

/** Frames as tensors, made once for each batch size. Closing it closes them. */
final class FrameTensors implements AutoCloseable {
  private final ByteBuffer pixels;
  private final int frames;
  private final int height;
  private final int width;
  private final Map<Integer, List<TUint8>> made = new HashMap<>();

  /**
   * @param pixels {@code [frames, height, width, 3]}
   */
  FrameTensors(ByteBuffer pixels, int frames, int height, int width) {
    this.pixels = pixels;
    this.frames = frames;
    this.height = height;
    this.width = width;
  }

  /** All frames in batches; a last one that would not be full is left out. */
  List<TUint8> batchesOf(int batch) {
    return made.computeIfAbsent(batch, this::make);
  }

  private List<TUint8> make(int batch) {
    byte[] values = new byte[batch * height * width * 3];
    List<TUint8> batches = new ArrayList<>();
    for (int i = 0; i + batch <= frames; i += batch) {
      pixels.duplicate().position(i * height * width * 3).get(values);
      TUint8 tensor = TUint8.tensorOf(Shape.of(batch, height, width, 3));
      tensor.asRawTensor().data().write(values);
      batches.add(tensor);
    }
    return batches;
  }

  @Override
  public void close() {
    made.values().forEach(batches -> batches.forEach(TUint8::close));
    made.clear();
  }
}

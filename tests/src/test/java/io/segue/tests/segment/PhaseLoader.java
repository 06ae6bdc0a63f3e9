package io.segue.tests.segment;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.operators.segment.ModelLoader;
import io.segue.operators.segment.RegistryModelLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The registry's loader, which stands still where a test has asked for it: the first process that
 * comes to an armed phase says who it is and waits to be killed.
 *
 * @param registryRoot of the real loader
 * @param folder where a test arms phases and finds the process that came to one
 */
record PhaseLoader(String registryRoot, String folder) implements ModelLoader {
  /** A step in the life of a version in one process. */
  enum Phase {
    LOAD,
    VERIFY,
    WARM_UP,
    SWITCH,
    RELEASE
  }

  private static final long STAND_STILL_MILLIS = 20_000;

  /** Lets the next process that comes to {@code phase} stand still. */
  static void arm(Path folder, Phase phase) throws IOException {
    Files.createDirectories(folder);
    Files.deleteIfExists(hit(folder));
    Files.createFile(folder.resolve("arm-" + phase));
  }

  /** Where the process that stands still says its id. */
  static Path hit(Path folder) {
    return folder.resolve("hit");
  }

  @Override
  public ServingModel load(String model, long version) throws Exception {
    reached(Phase.LOAD);
    ServingModel loaded = new RegistryModelLoader(registryRoot).load(model, version);
    reached(Phase.VERIFY);
    return new Phased(loaded);
  }

  private void reached(Phase phase) {
    Path at = Path.of(folder);
    try {
      if (Files.deleteIfExists(at.resolve("arm-" + phase))) {
        Path written = at.resolve("hit.part");
        Files.writeString(written, Long.toString(ProcessHandle.current().pid()));
        Files.move(written, hit(at));
        Thread.sleep(STAND_STILL_MILLIS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A version that tells warming, on a loading thread, from the first batch it serves. */
  private final class Phased implements ServingModel {
    private final ServingModel real;
    private final AtomicBoolean serves = new AtomicBoolean();

    Phased(ServingModel real) {
      this.real = real;
    }

    @Override
    public ModelSpec spec() {
      return real.spec();
    }

    @Override
    public Segmentation segment(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
      if (Thread.currentThread().getName().startsWith("segue-load")) {
        reached(Phase.WARM_UP);
      } else if (serves.compareAndSet(false, true)) {
        reached(Phase.SWITCH);
      }
      return real.segment(rgb, batch, height, width, plan);
    }

    @Override
    public void close() {
      reached(Phase.RELEASE);
      real.close();
    }
  }
}

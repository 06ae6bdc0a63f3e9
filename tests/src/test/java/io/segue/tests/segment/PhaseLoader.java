package io.segue.tests.segment;

import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.serve.PixelScores;
import io.segue.model.serve.Segmentation;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.form.Precision;
import io.segue.operators.segment.ModelLoader;
import io.segue.operators.segment.RegistryModelLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The registry's loader, which stays where a test has asked for it: the first process that comes to
 * an armed phase says who it is and goes no further until it is killed.
 *
 * <p>Its versions say that they serve in bfloat16 and agree with float32, so that they are compared
 * on any processor.
 *
 * @param registryRoot of the real loader
 * @param folder where a test arms phases and finds the process that came to one
 */
record PhaseLoader(String registryRoot, String folder) implements ModelLoader {
  /** A step in the life of a version in one process. */
  enum Phase {
    /** Fetches, hashes and builds a version, again and again. */
    LOAD,
    /** Has a version whose taxonomy is not checked yet. */
    VERIFY,
    WARM_UP,
    SWITCH,
    /** Is about to compare a version with float32, before it serves or while it does. */
    COMPARE,
    RELEASE
  }

  private static final long STAY_MILLIS = 20_000;

  /** Keeps the next process that comes to {@code phase} there. */
  static void arm(Path folder, Phase phase) throws IOException {
    Files.createDirectories(folder);
    Files.deleteIfExists(hit(folder));
    Files.createFile(folder.resolve("arm-" + phase));
  }

  /** Where the process that stays says its id. */
  static Path hit(Path folder) {
    return folder.resolve("hit");
  }

  @Override
  public ServingModel load(String model, long version) throws Exception {
    RegistryModelLoader registry = new RegistryModelLoader(registryRoot);
    if (isArmed(Phase.LOAD)) {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STAY_MILLIS);
      while (System.nanoTime() < end) {
        registry.load(model, version).close();
      }
    }
    ServingModel loaded = registry.load(model, version);
    reached(Phase.VERIFY);
    return new Phased(loaded);
  }

  private void reached(Phase phase) {
    try {
      if (isArmed(phase)) {
        Thread.sleep(STAY_MILLIS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether this process is the one that is to stay in {@code phase}; it has said who it is. */
  private boolean isArmed(Phase phase) throws IOException {
    Path at = Path.of(folder);
    if (!Files.deleteIfExists(at.resolve("arm-" + phase))) {
      return false;
    }
    Path written = at.resolve("hit.part");
    Files.writeString(written, Long.toString(ProcessHandle.current().pid()));
    Files.move(written, hit(at));
    return true;
  }

  /** A version that tells the full batch it is warmed with from the first one it serves. */
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
      boolean warms = Thread.currentThread().getName().startsWith("segue-load");
      if (!warms && serves.compareAndSet(false, true)) {
        reached(Phase.SWITCH);
      }
      return real.segment(rgb, batch, height, width, plan);
    }

    @Override
    public PixelScores pixelScores(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
      return real.pixelScores(rgb, batch, height, width, plan);
    }

    @Override
    public Precision precision() {
      return Precision.BFLOAT16;
    }

    @Override
    public Segmentation warm(ByteBuffer rgb, int batch, int height, int width, Plan plan) {
      reached(Phase.WARM_UP);
      return real.warm(rgb, batch, height, width, plan);
    }

    @Override
    public OptionalDouble settle(
        Segmentation masks,
        ByteBuffer rgb,
        int batch,
        int height,
        int width,
        Plan plan,
        double least) {
      reached(Phase.COMPARE);
      return OptionalDouble.of(
          real.settle(masks, rgb, batch, height, width, plan, least).orElse(1));
    }

    @Override
    public boolean preparesForBatchSize() {
      return real.preparesForBatchSize();
    }

    @Override
    public void close() {
      reached(Phase.RELEASE);
      real.close();
    }
  }
}

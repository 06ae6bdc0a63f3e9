package io.segue.deploy.bench.bare;

import io.segue.model.config.ModelSpec;
import io.segue.model.data.ExampleSource;
import io.segue.model.train.Pace;
import io.segue.model.train.Trainer;
import io.segue.model.train.TrainingJob;
import io.segue.model.train.TrainingOptions;
import io.segue.model.train.TrainingResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The {@link Trainer} at work, held between rounds: it makes as many steps as it is allowed to, and
 * its clock stands still while it waits.
 */
final class SteppedTraining implements Contender, AutoCloseable {
  private final int batchSize;
  private final Semaphore allowed = new Semaphore(0);
  private final Semaphore done = new Semaphore(0);
  private final FutureTask<TrainingResult> training;
  private final Thread thread;
  private volatile boolean stopped;
  private final AtomicLong heldNanos = new AtomicLong();

  SteppedTraining(ModelSpec spec, ExampleSource source, TrainingOptions options, Path directory) {
    batchSize = options.batchSize();
    TrainingJob job =
        TrainingJob.of(spec, source, options, directory)
            .reportingTo((step, steps, loss, rate) -> hold())
            .cancelledWhen(() -> stopped)
            .pacedBy(new HeldClock());
    training = new FutureTask<>(() -> Trainer.train(job));
    thread = new Thread(training, "bench-trainer");
    thread.setDaemon(true);
    thread.start();
  }

  /** The system's clock without the time in which the training was held. */
  private final class HeldClock implements Pace {
    @Override
    public long nanoTime() {
      return System.nanoTime() - heldNanos.get();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      SYSTEM.sleep(duration);
    }
  }

  /** A step is done; the next one needs leave. */
  private void hold() {
    done.release();
    if (stopped || allowed.tryAcquire()) {
      return;
    }
    long start = System.nanoTime();
    allowed.acquireUninterruptibly();
    heldNanos.addAndGet(System.nanoTime() - start);
  }

  /** Waits until the first step, with which graph and kernels come into being, is made. */
  void awaitFirstStep() throws InterruptedException {
    await(1);
  }

  @Override
  public int run(int frames) throws InterruptedException {
    int steps = (frames + batchSize - 1) / batchSize;
    allowed.release(steps);
    await(steps);
    return steps * batchSize;
  }

  private void await(int steps) throws InterruptedException {
    while (!done.tryAcquire(steps, 1, TimeUnit.SECONDS)) {
      if (!thread.isAlive()) {
        stop();
        throw new IllegalStateException("the measured training ended early");
      }
    }
  }

  /** Ends the training after its present step, and says how it went. */
  TrainingResult stop() throws InterruptedException {
    stopped = true;
    allowed.release();
    try {
      return training.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the measured training failed", e.getCause());
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopped = true;
    allowed.release();
    thread.join();
  }
}

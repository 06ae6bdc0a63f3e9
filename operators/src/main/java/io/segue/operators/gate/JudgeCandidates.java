package io.segue.operators.gate;

import io.segue.schemas.avro.Decision;
import io.segue.schemas.avro.Verdict;
import io.segue.schemas.flow.GateResult;
import io.segue.schemas.flow.TrainOutcome;
import java.io.Serializable;
import java.util.Collections;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the candidates of completed runs one after the other, on a thread of its own. Use it under
 * {@code unorderedWait} with no timeout. Whatever goes wrong with a candidate ends in a rejection
 * with the reason, never in a failed job and never in a live version.
 */
public final class JudgeCandidates extends RichAsyncFunction<TrainOutcome, GateResult> {
  private static final Logger LOG = LoggerFactory.getLogger(JudgeCandidates.class);
  private static final long CLOSE_LIMIT_SECONDS = 60;

  /** Makes the judge in the process that judges. */
  public interface Judges extends Supplier<Judge>, Serializable {}

  private final Judges judges;

  private transient ExecutorService executor;
  private transient Judge judge;

  /** Judges by what {@code judges} makes. */
  public JudgeCandidates(Judges judges) {
    this.judges = judges;
  }

  @Override
  public void open(OpenContext context) {
    executor = Executors.newSingleThreadExecutor(new ExecutorThreadFactory("segue-gate"));
    judge = judges.get();
  }

  @Override
  public void asyncInvoke(TrainOutcome completed, ResultFuture<GateResult> result) {
    executor.execute(() -> result.complete(Collections.singleton(decide(completed))));
  }

  private GateResult decide(TrainOutcome completed) {
    try {
      return judge.judge(completed);
    } catch (Exception e) {
      LOG.warn("candidate {} cannot be judged", completed.getCandidateId(), e);
      Verdict verdict =
          Verdict.newBuilder()
              .setCandidateId(completed.getCandidateId())
              .setMetric("gate/judged")
              .setThreshold(1)
              .setObserved(0)
              .setDecision(Decision.REJECT)
              .build();
      return GateResult.newBuilder()
          .setRequest(completed.getRequest())
          .setVerdict(verdict)
          .setReason("the candidate cannot be judged: " + e.getMessage())
          .setJudgedAt(System.currentTimeMillis())
          .build();
    }
  }

  @Override
  public void close() throws Exception {
    if (executor != null) {
      executor.shutdown();
      executor.awaitTermination(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
    }
  }
}

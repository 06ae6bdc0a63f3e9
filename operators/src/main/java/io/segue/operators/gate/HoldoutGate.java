package io.segue.operators.gate;

import io.segue.connectors.registry.CorruptVersionException;
import io.segue.connectors.registry.ModelRegistry;
import io.segue.model.checkpoint.Weights;
import io.segue.model.config.ModelSpec;
import io.segue.model.config.Plan;
import io.segue.model.metric.ConfusionMatrix;
import io.segue.model.serve.Evaluator;
import io.segue.model.serve.ModelDirectory;
import io.segue.model.serve.ServingModel;
import io.segue.model.serve.ServingModels;
import io.segue.operators.control.LiveVersions;
import io.segue.operators.join.LabelRules;
import io.segue.operators.record.LocalFolders;
import io.segue.operators.replay.ReplaySnapshot;
import io.segue.schemas.avro.Decision;
import io.segue.schemas.avro.Verdict;
import io.segue.schemas.flow.GateResult;
import io.segue.schemas.flow.TrainOutcome;
import io.segue.schemas.flow.TrainRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * Judges the uploaded artefact as it would be served: loads its serving graph, and compares its
 * mean IoU on the holdout with that of the version that is live by then, under the same plan.
 */
public final class HoldoutGate implements Judge {
  /** Metric that decides, unless an earlier check does. */
  public static final String METRIC = "holdout/miou";

  private final ModelRegistry registry;
  private final GateOptions options;
  private final LabelRules labels;
  private final LiveVersions live;
  private final Path workDir;
  private final Clock clock;

  /**
   * @param labels rules of the labels that candidates learn from
   * @param live says what a candidate has to be as good as; its parent where no version is live
   * @param workDir local folder of this gate alone
   */
  public HoldoutGate(
      ModelRegistry registry,
      GateOptions options,
      LabelRules labels,
      LiveVersions live,
      Path workDir,
      Clock clock) {
    this.registry = registry;
    this.options = options;
    this.labels = labels;
    this.live = live;
    this.workDir = workDir;
    this.clock = clock;
  }

  @Override
  public GateResult judge(TrainOutcome completed) throws Exception {
    ReplaySnapshot holdout = ReplaySnapshot.of(completed.getRequest().getHoldout());
    if (holdout.size() < options.minFrames()) {
      return result(
          completed,
          verdict(
              completed, "holdout/frames", options.minFrames(), holdout.size(), Decision.REJECT),
          "the holdout has %d frames, %d are needed; label more"
              .formatted(holdout.size(), options.minFrames()));
    }
    Path folder = workDir.resolve(completed.getCandidateId());
    Files.createDirectories(folder);
    try {
      return judge(completed, holdout, folder);
    } catch (CorruptVersionException e) {
      return result(
          completed,
          verdict(completed, "artefact/intact", 1, 0, Decision.REJECT),
          String.valueOf(e.getMessage()));
    } finally {
      LocalFolders.delete(folder);
    }
  }

  private GateResult judge(TrainOutcome completed, ReplaySnapshot holdout, Path folder)
      throws Exception {
    Path candidate = folder.resolve("candidate");
    registry.fetchCandidate(completed.getCandidateId(), candidate);
    ModelSpec spec = ModelDirectory.readSpec(candidate);
    if (!LabelRules.of(spec.taxonomy()).equals(labels)) {
      return result(
          completed,
          verdict(completed, "artefact/taxonomy", 1, 0, Decision.REJECT),
          "the candidate has taxonomy '%s' version %d, the labels have '%s' version %d"
              .formatted(
                  spec.taxonomy().id(),
                  spec.taxonomy().version(),
                  labels.taxonomyId(),
                  labels.taxonomyVersion()));
    }
    Weights weights = ModelDirectory.readWeights(candidate, spec);
    Optional<String> broken = notFinite(weights);
    if (broken.isPresent()) {
      return result(
          completed,
          verdict(completed, "artefact/finite", 1, 0, Decision.REJECT),
          "weight %s of the candidate has values that are no numbers".formatted(broken.get()));
    }
    ConfusionMatrix candidateMatrix;
    try (ServingModel model = ServingModels.of(spec, weights)) {
      candidateMatrix = evaluate(model, holdout);
    }
    TrainRequest request = completed.getRequest();
    long rival = live.of(request.getModel()).orElse(request.getParentVersion());
    Path served = folder.resolve("live");
    registry.fetch(request.getModel(), rival, served);
    try (ServingModel model = ServingModels.load(served)) {
      return compare(completed, candidateMatrix, rival, evaluate(model, holdout), holdout.size());
    }
  }

  /** Key of a weight with NaN or infinite values, if there is one. */
  private static Optional<String> notFinite(Weights weights) {
    for (Map.Entry<String, Weights.Tensor> entry : weights.tensors().entrySet()) {
      for (float value : entry.getValue().values()) {
        if (!Float.isFinite(value)) {
          return Optional.of(entry.getKey());
        }
      }
    }
    return Optional.empty();
  }

  private ConfusionMatrix evaluate(ServingModel model, ReplaySnapshot holdout) {
    return Evaluator.evaluate(model, holdout.examples(), Plan.parse(options.plan()));
  }

  private GateResult compare(
      TrainOutcome completed,
      ConfusionMatrix candidate,
      long rival,
      ConfusionMatrix served,
      int frames) {
    double threshold = served.meanIou() + options.margin();
    Decision decision = candidate.meanIou() >= threshold ? Decision.BLESS : Decision.REJECT;
    GateResult result =
        result(
            completed,
            verdict(completed, METRIC, threshold, candidate.meanIou(), decision),
            "mean IoU %.4f on %d holdout frames, version %d has %.4f, margin %.4f"
                .formatted(candidate.meanIou(), frames, rival, served.meanIou(), options.margin()));
    return GateResult.newBuilder(result)
        .setCandidateMiou(candidate.meanIou())
        .setLiveMiou(served.meanIou())
        .setLiveVersion(rival)
        .setFrames(frames)
        .build();
  }

  private static Verdict verdict(
      TrainOutcome completed, String metric, double threshold, double observed, Decision decision) {
    return new Verdict(completed.getCandidateId(), metric, threshold, observed, decision);
  }

  private GateResult result(TrainOutcome completed, Verdict verdict, String reason) {
    return GateResult.newBuilder()
        .setRequest(completed.getRequest())
        .setVerdict(verdict)
        .setReason(reason)
        .setJudgedAt(clock.millis())
        .build();
  }
}

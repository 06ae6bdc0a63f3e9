package io.segue.operators.control;

import io.segue.connectors.registry.ManifestDraft;
import io.segue.connectors.registry.ModelRegistry;
import io.segue.connectors.registry.StoredVerdict;
import io.segue.model.config.Taxonomy;
import io.segue.operators.replay.ReplayFolder;
import io.segue.schemas.avro.Verdict;
import io.segue.schemas.flow.GateResult;
import io.segue.schemas.flow.TrainRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Publishes in a {@link ModelRegistry}.
 *
 * @param registryRoot folder of the registry
 * @param replayRoot folder of the replay buffer, where the snapshots of training runs lie
 */
public record RegistryVersions(String registryRoot, String replayRoot)
    implements PublishedVersions {

  @Override
  public boolean hasModel(String model) throws IOException {
    return registry().models().contains(model);
  }

  @Override
  public Optional<Taxonomy> taxonomy(String model, long version) throws IOException {
    return registry().versions(model).contains(version)
        ? Optional.of(registry().manifest(model, version).spec().taxonomy())
        : Optional.empty();
  }

  @Override
  public long publish(GateResult blessed, long above) throws IOException {
    String model = blessed.getRequest().getModel();
    String candidate = blessed.getVerdict().getCandidateId();
    List<Long> published = registry().versions(model);
    long version = Math.max(above, published.stream().reduce(0L, Math::max)) + 1;
    for (long earlier : published) {
      if (earlier > above && registry().manifest(model, earlier).candidateId().equals(candidate)) {
        version = earlier;
      }
    }
    registry().publish(model, version, candidate, draft(blessed.getRequest()));
    registry().recordVerdict(model, version, verdict(blessed));
    return version;
  }

  private ManifestDraft draft(TrainRequest request) {
    return new ManifestDraft(
        Optional.of(request.getParentVersion()),
        Optional.of(new ReplayFolder(replayRoot).snapshotUri(request.getRequestId())),
        Map.of("requestId", request.getRequestId(), "reason", request.getReason()));
  }

  private static StoredVerdict verdict(GateResult blessed) {
    Verdict verdict = blessed.getVerdict();
    return new StoredVerdict(
        verdict.getMetric(),
        verdict.getThreshold(),
        verdict.getObserved(),
        verdict.getDecision().name(),
        blessed.getReason(),
        Instant.ofEpochMilli(blessed.getJudgedAt()));
  }

  private ModelRegistry registry() {
    return new ModelRegistry(registryRoot);
  }
}

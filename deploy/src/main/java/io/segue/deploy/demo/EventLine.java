package io.segue.deploy.demo;

import io.segue.schemas.avro.CutOver;
import io.segue.schemas.avro.InstanceStatusChange;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.TrainingStatusChange;
import io.segue.schemas.avro.Verdict;
import io.segue.schemas.avro.VersionStatusChange;
import java.util.Locale;

/** A model event in words. */
final class EventLine {
  private EventLine() {}

  static String of(ModelEvent event) {
    Object what = event.getEvent();
    String version = "version " + event.getVersion();
    if (what instanceof VersionStatusChange change) {
      String subject = event.getVersion() == 0 ? "candidate" : version;
      return "%s is %s: %s".formatted(subject, words(change.getStatus()), event.getReason());
    }
    if (what instanceof InstanceStatusChange change) {
      return "%s is %s in %s".formatted(version, words(change.getStatus()), change.getInstance());
    }
    if (what instanceof CutOver cutOver) {
      return "%s serves %s from frame %d on"
          .formatted(version, cutOver.getId().getStreamId(), cutOver.getId().getSequence());
    }
    if (what instanceof Verdict verdict) {
      return "verdict %s: %s %.3f, asked for %.3f"
          .formatted(
              words(verdict.getDecision()),
              verdict.getMetric(),
              verdict.getObserved(),
              verdict.getThreshold());
    }
    if (what instanceof TrainingStatusChange change) {
      return "training %s from version %d"
          .formatted(words(change.getStatus()), change.getParentVersion());
    }
    return version + ": " + event.getReason();
  }

  private static String words(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}

package io.segue.model.golden;

import io.segue.model.data.DecodeFixture;
import io.segue.model.data.ParserFixture;
import io.segue.model.data.ResizeCropFixture;
import io.segue.model.data.SimpleOpsFixture;
import io.segue.model.data.TfRecordFixture;
import io.segue.model.loss.MaskScoringLossFixture;
import io.segue.model.loss.ProjectLossFixture;
import io.segue.model.loss.SegmentationLossErrorsFixture;
import io.segue.model.loss.SegmentationLossFixture;
import io.segue.model.loss.SigmoidFocalFixture;
import io.segue.model.loss.VolumetricDiceFixture;
import io.segue.model.metric.BoundaryF1Fixture;
import io.segue.model.metric.BoundaryIouFixture;
import io.segue.model.metric.ConfusionFixture;
import io.segue.model.metric.IouFixture;
import io.segue.model.metric.PanopticFixture;
import io.segue.model.train.OptimizersFixture;
import io.segue.model.train.ParityFixture;
import io.segue.model.train.SchedulesFixture;
import java.util.List;

/** All kinds of cases that are known; a case of another kind fails. */
final class GoldenKinds {
  private static final List<GoldenKind> ALL =
      List.of(
          new CheckpointKind(),
          new BoundaryF1Fixture(),
          new BoundaryIouFixture(),
          new ConfusionFixture(),
          new IouFixture(),
          new PanopticFixture(),
          new DecodeFixture(),
          ProjectLossFixture.focal(),
          ProjectLossFixture.lovasz(),
          ProjectLossFixture.softDice(),
          new MaskScoringLossFixture(),
          new SigmoidFocalFixture(),
          new VolumetricDiceFixture(),
          new ModuleKind(),
          new MultiScaleKind(),
          new OptimizersFixture(),
          new ParityFixture(),
          new ParserFixture(),
          new ResizeCropFixture(),
          new SavedModelKind(),
          new SchedulesFixture(),
          new SegmentationLossErrorsFixture(),
          new SegmentationLossFixture(),
          new SimpleOpsFixture(),
          new TfRecordFixture());

  private GoldenKinds() {}

  static GoldenKind of(Fixture fixture) {
    return ALL.stream()
        .filter(kind -> kind.names().contains(fixture.kind()))
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "case '%s': no test knows the kind '%s'"
                        .formatted(fixture.name(), fixture.kind())));
  }
}

package io.segue.operators.train;

import io.segue.operators.record.ModelEvents;
import io.segue.operators.record.RecentIds;
import io.segue.operators.record.SideOutputs;
import io.segue.operators.replay.Part;
import io.segue.operators.replay.ReplayBuffer;
import io.segue.schemas.avro.ControlAction;
import io.segue.schemas.avro.ControlCommand;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.TrainingStatus;
import io.segue.schemas.flow.CoordinatorStatus;
import io.segue.schemas.flow.ModelSignal;
import io.segue.schemas.flow.ReceivedCommand;
import io.segue.schemas.flow.ShardManifest;
import io.segue.schemas.flow.TrainRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Asks for a training run after so many newly accepted labels, or when a TRAIN command says so; the
 * key is the model. A request carries the newest manifest of every shard and the live version as
 * its parent; there is none before a version is live. Labels alone ask for no run while the holdout
 * is too small to judge its candidate.
 *
 * <p>Requests are numbered within the lineage of the job's state: a job that is restored numbers
 * them as the lost attempt did, so that the same candidate comes of the same request; a job that
 * starts without state has a lineage of its own.
 */
public final class TrainCoordinator
    extends KeyedProcessFunction<String, ModelSignal, TrainRequest> {
  private final TriggerOptions options;
  private final int minHoldout;

  private transient MapState<String, ShardManifest> manifests;
  private transient ValueState<CoordinatorStatus> status;

  /**
   * Triggers by these options.
   *
   * @param minHoldout frames without which the gate cannot judge
   */
  public TrainCoordinator(TriggerOptions options, int minHoldout) {
    this.options = options;
    this.minHoldout = minHoldout;
  }

  @Override
  public void open(OpenContext context) {
    manifests =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "manifests", Types.STRING, new AvroTypeInfo<>(ShardManifest.class)));
    status =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "coordinator", new AvroTypeInfo<>(CoordinatorStatus.class)));
  }

  @Override
  public void processElement(ModelSignal signal, Context context, Collector<TrainRequest> out)
      throws Exception {
    CoordinatorStatus known = status();
    Optional<String> reason = Optional.empty();
    Object content = signal.getSignal();
    if (content instanceof ShardManifest manifest) {
      manifests.put(ReplayBuffer.shardKey(manifest.getPart(), manifest.getShard()), manifest);
      reason = enoughLabels(known);
    } else if (content instanceof ModelState state) {
      known.setLive(state.getLive());
      reason = enoughLabels(known);
    } else if (content instanceof ReceivedCommand received) {
      reason = commanded(known, received.getCommand());
    }
    if (reason.isPresent() && known.getLive() != null && entries(Part.TRAINING) > 0) {
      request(signal.getModel(), known, reason.get(), context, out);
    }
    status.update(known);
  }

  private CoordinatorStatus status() throws Exception {
    CoordinatorStatus stored = status.value();
    return stored == null
        ? CoordinatorStatus.newBuilder()
            .setLineage(getRuntimeContext().getJobInfo().getJobId().toHexString().substring(0, 8))
            .build()
        : CoordinatorStatus.newBuilder(stored).build();
  }

  private Optional<String> enoughLabels(CoordinatorStatus known) throws Exception {
    long fresh = accepted() - known.getAccepted();
    return fresh >= options.everyLabels()
            && entries(Part.TRAINING) >= options.minEntries()
            && entries(Part.HOLDOUT) >= minHoldout
        ? Optional.of("%d new labels".formatted(fresh))
        : Optional.empty();
  }

  private static Optional<String> commanded(CoordinatorStatus known, ControlCommand command) {
    if (command.getAction() != ControlAction.TRAIN
        || known.getCommands().contains(command.getCommandId())) {
      return Optional.empty();
    }
    known.setCommands(RecentIds.with(known.getCommands(), command.getCommandId()));
    return Optional.of("command " + command.getCommandId());
  }

  private void request(
      String model,
      CoordinatorStatus known,
      String reason,
      Context context,
      Collector<TrainRequest> out)
      throws Exception {
    known.setRequests(known.getRequests() + 1);
    known.setAccepted(accepted());
    long now = context.timerService().currentProcessingTime();
    TrainRequest request =
        TrainRequest.newBuilder()
            .setRequestId("%s-%s-%d".formatted(model, known.getLineage(), known.getRequests()))
            .setModel(model)
            .setParentVersion(known.getLive())
            .setTraining(of(Part.TRAINING))
            .setHoldout(of(Part.HOLDOUT))
            .setReason(reason)
            .setRequestedAt(now)
            .build();
    out.collect(request);
    context.output(
        SideOutputs.MODEL_EVENTS,
        ModelEvents.training(request, TrainingStatus.REQUESTED, 0, now, reason));
  }

  private List<ShardManifest> of(Part part) throws Exception {
    List<ShardManifest> found = new ArrayList<>();
    for (ShardManifest manifest : manifests.values()) {
      if (manifest.getPart().equals(part.id())) {
        found.add(manifest);
      }
    }
    found.sort((a, b) -> Integer.compare(a.getShard(), b.getShard()));
    return found;
  }

  private long accepted() throws Exception {
    return of(Part.TRAINING).stream().mapToLong(ShardManifest::getAccepted).sum();
  }

  private long entries(Part part) throws Exception {
    return of(part).stream().mapToLong(ShardManifest::getEntries).sum();
  }
}

package io.segue.deploy.cli;

import io.segue.deploy.config.SegueConfig;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;

/**
 * Where a job that runs in this process keeps its checkpoints, so that the next process goes on
 * with the frames that were in flight in this one. Jobs that differ in topic prefix or consumer
 * group have directories of their own.
 *
 * <p>Layout: {@code <job id>/chk-<number>/_metadata} as Flink writes it while a job runs, and
 * {@code savepoint-<id>/_metadata} where it was stopped in good order; {@code _metadata} is written
 * last.
 *
 * @param directory a Flink file system path
 */
record LocalCheckpoints(Path directory) {
  private static final String CHECKPOINT = AbstractFsCheckpointStorageAccess.CHECKPOINT_DIR_PREFIX;
  private static final String SAVEPOINT = "savepoint-";

  private record Complete(Path path, long writtenAt) {
    /** Grows within one job, which a savepoint ends; times may be whole seconds. */
    long number() {
      String name = path.getName();
      return name.startsWith(CHECKPOINT)
          ? Long.parseLong(name.substring(CHECKPOINT.length()))
          : Long.MAX_VALUE;
    }
  }

  /** Those of a consumer group, below Flink's checkpoint directory where one is configured. */
  static LocalCheckpoints of(SegueConfig config, Configuration flink, String groupId) {
    String root =
        flink
            .getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY)
            .orElseGet(config::checkpoints);
    String job = URLEncoder.encode(config.topics().prefix() + groupId, StandardCharsets.UTF_8);
    return new LocalCheckpoints(new Path(new Path(root), job));
  }

  /**
   * Has Flink write here and, unless it was told to start from elsewhere, go on from the newest.
   */
  Optional<Path> configure(Configuration flink, boolean fresh) throws IOException {
    flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.toString());
    if (fresh || flink.contains(StateRecoveryOptions.SAVEPOINT_PATH)) {
      return Optional.empty();
    }
    Optional<Path> newest = newest();
    newest.ifPresent(
        path -> {
          flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path.toString());
          if (!flink.contains(StateRecoveryOptions.RESTORE_MODE)) {
            // Flink deletes it when it has a newer one; nobody else would.
            flink.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
          }
        });
    return newest;
  }

  /** The checkpoint or savepoint that was completed last. */
  Optional<Path> newest() throws IOException {
    List<Complete> found = new ArrayList<>();
    for (FileStatus entry : entries(directory)) {
      if (entry.getPath().getName().startsWith(SAVEPOINT)) {
        addIfComplete(entry.getPath(), found);
      } else if (entry.isDir()) {
        for (FileStatus inner : entries(entry.getPath())) {
          if (inner.getPath().getName().matches(CHECKPOINT + "\\d{1,18}")) {
            addIfComplete(inner.getPath(), found);
          }
        }
      }
    }
    return found.stream()
        .max(Comparator.comparingLong(Complete::writtenAt).thenComparingLong(Complete::number))
        .map(Complete::path);
  }

  private static void addIfComplete(Path path, List<Complete> found) throws IOException {
    Path metadata = new Path(path, AbstractFsCheckpointStorageAccess.METADATA_FILE_NAME);
    FileSystem fileSystem = metadata.getFileSystem();
    if (fileSystem.exists(metadata)) {
      found.add(new Complete(path, fileSystem.getFileStatus(metadata).getModificationTime()));
    }
  }

  private static List<FileStatus> entries(Path directory) throws IOException {
    FileSystem fileSystem = directory.getFileSystem();
    if (!fileSystem.exists(directory)) {
      return List.of();
    }
    FileStatus[] entries = fileSystem.listStatus(directory);
    return entries == null ? List.of() : List.of(entries);
  }
}

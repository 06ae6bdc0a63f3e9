package io.segue.connectors.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.segue.connectors.file.WholeFile;
import io.segue.model.config.ModelSpec;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Keeps candidates and versions under one root on Flink's {@code FileSystem}. A version that can be
 * listed is complete and never changes; what is fetched is byte for byte what was published, or
 * there is a {@link CorruptVersionException} that names the file. Storing the same thing twice, as
 * a job does that goes on after a failure, is the same as once.
 *
 * <p>Layout: {@code .candidates/<id>/} with {@code candidate.json} written last; {@code
 * <model>/<version>/} as TensorFlow Serving reads it (variables, then {@code saved_model.pb}) with
 * {@code manifest.json} written last and {@code verdicts/} beside. One process at a time publishes
 * versions of one model: the control operator. Thread-safe.
 */
public final class ModelRegistry {
  private static final String CANDIDATES = ".candidates";
  private static final String CANDIDATE_LIST = "candidate.json";
  private static final String MANIFEST = "manifest.json";
  private static final String VERDICTS = "verdicts";
  private static final String SPEC = "spec.json";
  private static final int MAX_JSON_BYTES = 16 << 20;

  private final Path root;
  private final Clock clock;

  /**
   * Does not touch the file system yet.
   *
   * @param rootUri directory, such as {@code file:///var/segue/models} or {@code s3://…}
   */
  public ModelRegistry(String rootUri) {
    this(rootUri, Clock.systemUTC());
  }

  /** With a clock for the times in manifests. */
  public ModelRegistry(String rootUri, Clock clock) {
    this.root = new Path(rootUri);
    this.clock = clock;
  }

  /**
   * Stores a candidate. If one of this id is complete already, it stays as it is: a rerun of the
   * same training request makes no second candidate.
   *
   * @param localDir a model directory: {@code saved_model.pb}, {@code variables/}, {@code
   *     spec.json}
   */
  public void uploadCandidate(String id, java.nio.file.Path localDir) throws IOException {
    for (String file : List.of("saved_model.pb", SPEC)) {
      if (!Files.isRegularFile(localDir.resolve(file))) {
        throw new FileNotFoundException(
            "candidate '%s': %s has no %s; give a model directory".formatted(id, localDir, file));
      }
    }
    if (!hasCandidate(id)) {
      Path directory = candidateDirectory(id);
      deleteDirectory(directory);
      List<StoredFile> files = ModelFiles.upload(localDir, directory);
      WholeFile.write(new Path(directory, CANDIDATE_LIST), ManifestJson.writeFileList(files));
    }
  }

  /** Whether a complete candidate has this id. */
  public boolean hasCandidate(String id) throws IOException {
    return exists(new Path(candidateDirectory(id), CANDIDATE_LIST));
  }

  /**
   * Copies a candidate to a local directory, which is there with all files or not at all.
   *
   * @throws FileNotFoundException if there is no complete candidate of this id
   * @throws CorruptVersionException if a file is missing or changed
   */
  public void fetchCandidate(String id, java.nio.file.Path localDir) throws IOException {
    LocalCopy.fetch(describeCandidate(id), candidateFiles(id), candidateDirectory(id), localDir);
  }

  /** Deletes a candidate; one that is not there already is fine. */
  public void deleteCandidate(String id) throws IOException {
    deleteDirectory(candidateDirectory(id));
  }

  /**
   * Makes a candidate a version. If the version was published from the same candidate before, its
   * manifest comes back and nothing changes; what an interrupted attempt left is replaced.
   *
   * @throws FileNotFoundException if there is no complete candidate of this id
   * @throws CorruptVersionException if a file of the candidate is missing or changed
   * @throws IllegalStateException if the version was published from another candidate
   */
  public VersionManifest publish(
      String model, long version, String candidateId, ManifestDraft draft) throws IOException {
    Path directory = versionDirectory(model, version);
    if (exists(new Path(directory, MANIFEST))) {
      VersionManifest published = manifest(model, version);
      if (!published.candidateId().equals(candidateId)) {
        throw new IllegalStateException(
            "%s was published from candidate '%s' and cannot become '%s'; choose the next version"
                .formatted(describe(model, version), published.candidateId(), candidateId));
      }
      return published;
    }
    List<StoredFile> files = candidateFiles(candidateId);
    Path candidate = candidateDirectory(candidateId);
    deleteDirectory(directory);
    ModelFiles.copy(describeCandidate(candidateId), files, candidate, directory);
    VersionManifest manifest =
        new VersionManifest(
            model,
            version,
            candidateId,
            spec(new Path(directory, SPEC)),
            files,
            draft.parent(),
            draft.replayManifest(),
            draft.attributes(),
            clock.instant());
    WholeFile.write(new Path(directory, MANIFEST), ManifestJson.write(manifest));
    return manifest;
  }

  /**
   * Copies a version to a local directory, which is there with all files or not at all. A directory
   * that holds the version already is checked and left as it is.
   *
   * @throws FileNotFoundException if the version was not published
   * @throws CorruptVersionException if a file is missing or changed
   */
  public VersionManifest fetch(String model, long version, java.nio.file.Path localDir)
      throws IOException {
    VersionManifest manifest = manifest(model, version);
    LocalCopy.fetch(
        describe(model, version), manifest.files(), versionDirectory(model, version), localDir);
    return manifest;
  }

  /**
   * The manifest of a version.
   *
   * @throws FileNotFoundException if the version was not published
   * @throws CorruptVersionException if the manifest cannot be read or is another version's
   */
  public VersionManifest manifest(String model, long version) throws IOException {
    Path file = new Path(versionDirectory(model, version), MANIFEST);
    if (!exists(file)) {
      throw new FileNotFoundException(
          "%s is not in the registry %s; its versions are %s"
              .formatted(describe(model, version), root, versions(model)));
    }
    VersionManifest manifest;
    try {
      manifest = ManifestJson.readManifest(WholeFile.read(file, MAX_JSON_BYTES));
    } catch (JsonProcessingException | RuntimeException e) {
      throw new CorruptVersionException(
          describe(model, version), MANIFEST, "cannot be read: " + e.getMessage());
    }
    if (!manifest.model().equals(model) || manifest.version() != version) {
      throw new CorruptVersionException(
          describe(model, version),
          MANIFEST,
          "is that of " + describe(manifest.model(), manifest.version()));
    }
    return manifest;
  }

  /** Published versions of a model, ascending; none of a model that does not exist. */
  public List<Long> versions(String model) throws IOException {
    List<Long> versions = new ArrayList<>();
    for (long version : numbers(model)) {
      if (isPublished(model, version)) {
        versions.add(version);
      }
    }
    return List.copyOf(versions);
  }

  /**
   * The manifest of the oldest published version of a model; empty if there is none.
   *
   * @throws CorruptVersionException if the manifest cannot be read or is another version's
   */
  public Optional<VersionManifest> oldest(String model) throws IOException {
    for (long version : numbers(model)) {
      if (isPublished(model, version)) {
        return Optional.of(manifest(model, version));
      }
    }
    return Optional.empty();
  }

  /** Numbers of versions that are there or on their way, ascending. */
  private List<Long> numbers(String model) throws IOException {
    return entries(new Path(root, requireName("model", model))).stream()
        .map(entry -> entry.getPath().getName())
        .filter(name -> name.matches("[1-9][0-9]{0,17}"))
        .map(Long::valueOf)
        .sorted()
        .toList();
  }

  private boolean isPublished(String model, long version) throws IOException {
    return exists(new Path(versionDirectory(model, version), MANIFEST));
  }

  /** Names of the models with at least one published version, in alphabetical order. */
  public List<String> models() throws IOException {
    List<String> models = new ArrayList<>();
    for (FileStatus entry : entries(root)) {
      String name = entry.getPath().getName();
      if (entry.isDir() && !name.startsWith(".") && !versions(name).isEmpty()) {
        models.add(name);
      }
    }
    return models.stream().sorted().toList();
  }

  /** Puts a verdict beside a version; the same one twice is the same as once. */
  public void recordVerdict(String model, long version, StoredVerdict verdict) throws IOException {
    String name =
        "%d-%s-%s.json"
            .formatted(
                verdict.time().toEpochMilli(),
                verdict.decision(),
                verdict.metric().replaceAll("[^A-Za-z0-9]+", "_"));
    Path file = new Path(new Path(versionDirectory(model, version), VERDICTS), name);
    WholeFile.write(file, ManifestJson.write(verdict));
  }

  /** The verdicts on a version in the order of their times. */
  public List<StoredVerdict> verdicts(String model, long version) throws IOException {
    List<StoredVerdict> verdicts = new ArrayList<>();
    for (FileStatus entry : entries(new Path(versionDirectory(model, version), VERDICTS))) {
      if (!entry.getPath().getName().startsWith(".")) {
        verdicts.add(ManifestJson.readVerdict(WholeFile.read(entry.getPath(), MAX_JSON_BYTES)));
      }
    }
    return verdicts.stream().sorted(Comparator.comparing(StoredVerdict::time)).toList();
  }

  private List<StoredFile> candidateFiles(String id) throws IOException {
    Path list = new Path(candidateDirectory(id), CANDIDATE_LIST);
    if (!exists(list)) {
      throw new FileNotFoundException(
          "%s is not in the registry %s or its upload was not finished"
              .formatted(describeCandidate(id), root));
    }
    return ManifestJson.readFileList(WholeFile.read(list, MAX_JSON_BYTES));
  }

  private static ModelSpec spec(Path file) throws IOException {
    return ModelSpec.fromJson(
        new String(WholeFile.read(file, MAX_JSON_BYTES), StandardCharsets.UTF_8));
  }

  private Path candidateDirectory(String id) {
    return new Path(new Path(root, CANDIDATES), requireName("candidate", id));
  }

  private Path versionDirectory(String model, long version) {
    if (version < 1) {
      throw new IllegalArgumentException(
          "model '%s': version %d; versions begin with 1".formatted(model, version));
    }
    return new Path(new Path(root, requireName("model", model)), Long.toString(version));
  }

  private static String requireName(String kind, String name) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,199}")) {
      throw new IllegalArgumentException(
          "%s '%s'; names are letters, digits, '.', '_' and '-', 200 at most, not first a sign"
              .formatted(kind, name));
    }
    return name;
  }

  private static String describe(String model, long version) {
    return "model '%s' version %d".formatted(model, version);
  }

  private static String describeCandidate(String id) {
    return "candidate '%s'".formatted(id);
  }

  private static boolean exists(Path file) throws IOException {
    return FileSystem.get(file.toUri()).exists(file);
  }

  private static void deleteDirectory(Path directory) throws IOException {
    FileSystem fileSystem = FileSystem.get(directory.toUri());
    if (fileSystem.exists(directory)) {
      fileSystem.delete(directory, true);
    }
  }

  private static List<FileStatus> entries(Path directory) throws IOException {
    if (!exists(directory)) {
      return List.of();
    }
    return Optional.ofNullable(FileSystem.get(directory.toUri()).listStatus(directory))
        .map(Arrays::asList)
        .orElse(List.of());
  }
}

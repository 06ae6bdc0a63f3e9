package io.segue.connectors.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.segue.model.config.ModelSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The JSON of the registry's own files; unknown keys are left for later versions to have. */
final class ManifestJson {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final int FORMAT = 1;

  private ManifestJson() {}

  static byte[] write(VersionManifest manifest) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT);
    root.put("model", manifest.model());
    root.put("version", manifest.version());
    root.put("candidateId", manifest.candidateId());
    root.put("publishedAt", manifest.publishedAt().toString());
    manifest.parent().ifPresent(parent -> root.put("parent", parent));
    manifest.replayManifest().ifPresent(replay -> root.put("replayManifest", replay));
    ObjectNode attributes = root.putObject("attributes");
    new TreeMap<>(manifest.attributes()).forEach(attributes::put);
    root.set("files", files(manifest.files()));
    root.set("spec", JSON.readTree(manifest.spec().toJson()));
    return JSON.writeValueAsBytes(root);
  }

  static VersionManifest readManifest(byte[] json) throws IOException {
    JsonNode root = tree(json);
    Map<String, String> attributes = new LinkedHashMap<>();
    root.path("attributes")
        .properties()
        .forEach(entry -> attributes.put(entry.getKey(), entry.getValue().asText()));
    return new VersionManifest(
        text(root, "model"),
        root.required("version").longValue(),
        text(root, "candidateId"),
        ModelSpec.fromJson(root.required("spec").toString()),
        readFiles(root),
        root.has("parent") ? Optional.of(root.get("parent").longValue()) : Optional.empty(),
        root.has("replayManifest") ? Optional.of(text(root, "replayManifest")) : Optional.empty(),
        attributes,
        Instant.parse(text(root, "publishedAt")));
  }

  static byte[] writeFileList(List<StoredFile> files) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT);
    root.set("files", files(files));
    return JSON.writeValueAsBytes(root);
  }

  static List<StoredFile> readFileList(byte[] json) throws IOException {
    return readFiles(tree(json));
  }

  static byte[] write(StoredVerdict verdict) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("metric", verdict.metric());
    root.put("threshold", verdict.threshold());
    root.put("observed", verdict.observed());
    root.put("decision", verdict.decision());
    root.put("reason", verdict.reason());
    root.put("time", verdict.time().toString());
    return JSON.writeValueAsBytes(root);
  }

  static StoredVerdict readVerdict(byte[] json) throws IOException {
    JsonNode root = tree(json);
    return new StoredVerdict(
        text(root, "metric"),
        root.required("threshold").asDouble(),
        root.required("observed").asDouble(),
        text(root, "decision"),
        text(root, "reason"),
        Instant.parse(text(root, "time")));
  }

  private static ArrayNode files(List<StoredFile> files) {
    ArrayNode array = JSON.createArrayNode();
    for (StoredFile file : files) {
      array
          .addObject()
          .put("path", file.path())
          .put("length", file.length())
          .put("sha256", file.sha256());
    }
    return array;
  }

  private static List<StoredFile> readFiles(JsonNode root) {
    List<StoredFile> files = new ArrayList<>();
    for (JsonNode file : root.required("files")) {
      files.add(
          new StoredFile(
              text(file, "path"), file.required("length").longValue(), text(file, "sha256")));
    }
    return files;
  }

  private static JsonNode tree(byte[] json) throws JsonProcessingException {
    JsonNode root = JSON.readTree(new String(json, StandardCharsets.UTF_8));
    if (root.path("format").asInt(FORMAT) > FORMAT) {
      throw new IllegalArgumentException(
          "registry format %s is newer than %d; upgrade this process"
              .formatted(root.get("format"), FORMAT));
    }
    return root;
  }

  private static String text(JsonNode node, String key) {
    return node.required(key).asText();
  }
}

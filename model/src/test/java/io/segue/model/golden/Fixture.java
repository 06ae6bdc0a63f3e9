package io.segue.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** One case: a directory with {@code case.json} and the arrays beside it. */
public final class Fixture {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final JsonNode description;

  private Fixture(Path directory, JsonNode description) {
    this.directory = directory;
    this.description = description;
  }

  /** Reads the description of the case in {@code directory}. */
  public static Fixture read(Path directory) {
    return new Fixture(directory, json(directory.resolve("case.json")));
  }

  /** The directory's name. */
  public String name() {
    return directory.getFileName().toString();
  }

  /** How the case is to be read. */
  public String kind() {
    return description.path("kind").asText();
  }

  /** Where the files of the case lie. */
  public Path directory() {
    return directory;
  }

  /** What {@code case.json} says. */
  public JsonNode description() {
    return description;
  }

  /** The arrays of {@code tensors.npz}. */
  public Map<String, NpyArray> tensors() {
    return arrays("tensors.npz");
  }

  /** The arrays of a file of the case. */
  public Map<String, NpyArray> arrays(String file) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(directory.resolve(file)))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = entry.getName().replaceFirst("\\.npy$", "");
        arrays.put(name, NpyArray.parse(zip.readAllBytes()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return arrays;
  }

  /** The variables of the module in the order of the object graph; empty without the file. */
  public Map<String, long[]> variables() {
    Map<String, long[]> variables = new LinkedHashMap<>();
    if (Files.exists(directory.resolve("variables.json"))) {
      for (JsonNode entry : json(directory.resolve("variables.json"))) {
        variables.put(entry.get(0).asText(), longs(entry.get(1)));
      }
    }
    return variables;
  }

  /** Parses a JSON file. */
  public static JsonNode json(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A JSON list of whole numbers; null is -1. */
  public static long[] longs(JsonNode list) {
    long[] values = new long[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i).isNull() ? -1 : list.get(i).asLong();
    }
    return values;
  }
}

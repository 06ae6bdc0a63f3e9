package io.segue.operators.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The live entries of one shard of the replay buffer or the holdout: a JSON file beside the
 * segments. Two shards with equal entries draw equal samples, wherever their segments lie.
 *
 * @param part {@code training} or {@code holdout}
 * @param shard number of the shard
 * @param revision grows with each manifest of the shard
 * @param entries live entries in the order of their ranks
 */
public record ReplayManifest(String part, int shard, long revision, List<Entry> entries) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One labelled frame.
   *
   * @param streamId stream of the frame
   * @param epoch run of its producer
   * @param sequence number within the run
   * @param captureTime milliseconds since 1970
   * @param rank sampling rank, see {@link Sampling#rank}
   * @param weight sampling weight
   * @param labelRevision revision of the label
   * @param annotator who labelled
   * @param segment file name of the segment, in the folder of the manifest
   * @param offset byte offset of the TFRecord in the segment
   * @param length bytes of its payload, a {@code tf.train.Example}
   */
  public record Entry(
      String streamId,
      long epoch,
      long sequence,
      long captureTime,
      double rank,
      double weight,
      int labelRevision,
      String annotator,
      String segment,
      long offset,
      int length) {

    /** The frame's identity as text. */
    public String identity() {
      return streamId + "/" + epoch + "/" + sequence;
    }
  }

  /** Copies the list. */
  public ReplayManifest {
    entries = List.copyOf(entries);
  }

  /** The manifest as UTF-8 JSON. */
  public byte[] toJson() {
    return write(this);
  }

  /** Several manifests as a UTF-8 JSON array. */
  static byte[] toJson(List<ReplayManifest> manifests) {
    return write(manifests);
  }

  private static byte[] write(Object value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Parses {@link #toJson}.
   *
   * @throws IOException if the bytes are no manifest
   */
  public static ReplayManifest fromJson(byte[] json) throws IOException {
    return JSON.readValue(json, ReplayManifest.class);
  }
}

package io.segue.connectors.payload;

import io.segue.connectors.file.WholeFile;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.PayloadRef;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Keeps payloads under one root on Flink's {@code FileSystem}. The same bytes are stored once,
 * whoever puts them and how often; what is read back has the hash that its reference names. A
 * reference that points outside the root is refused, so that a record cannot make a job read what
 * it likes. Thread-safe.
 */
public final class PayloadStore {
  /** Largest payload that is read: 256 MiB. */
  public static final int MAX_BYTES = 256 << 20;

  private final Path root;

  /**
   * Does not touch the file system yet.
   *
   * @param rootUri directory, such as {@code file:///var/segue/payloads} or {@code s3://…}
   */
  public PayloadStore(String rootUri) {
    this.root = new Path(rootUri);
  }

  /** Stores a payload and returns the reference to it once it can be read. */
  public PayloadRef put(byte[] payload) throws IOException {
    if (payload.length > MAX_BYTES) {
      throw new PayloadException(
          DeadLetterCause.PAYLOAD_TOO_LARGE,
          "payload of %d bytes, the limit is %d".formatted(payload.length, MAX_BYTES));
    }
    String sha256 = sha256(payload);
    Path file = fileOf(sha256);
    FileSystem fileSystem = FileSystem.get(file.toUri());
    if (!fileSystem.exists(file)) {
      WholeFile.write(file, payload);
    }
    return new PayloadRef(file.toString(), (long) payload.length, sha256);
  }

  /**
   * Reads a payload back.
   *
   * @throws PayloadException PAYLOAD_REF_UNREADABLE (outside the root or not there),
   *     PAYLOAD_REF_CORRUPT (other length or hash) or PAYLOAD_TOO_LARGE
   * @throws IOException if the file system fails
   */
  public byte[] get(PayloadRef reference) throws IOException {
    Path file = locate(reference);
    if (reference.getLength() > MAX_BYTES) {
      throw new PayloadException(
          DeadLetterCause.PAYLOAD_TOO_LARGE,
          "payload %s declares %d bytes, the limit is %d"
              .formatted(file, reference.getLength(), MAX_BYTES));
    }
    long length = length(file);
    if (length != reference.getLength()) {
      throw corrupt(file, length, reference);
    }
    byte[] payload = WholeFile.read(file, MAX_BYTES);
    if (!sha256(payload).equals(reference.getSha256())) {
      throw corrupt(file, payload.length, reference);
    }
    return payload;
  }

  private static PayloadException corrupt(Path file, long length, PayloadRef reference) {
    return new PayloadException(
        DeadLetterCause.PAYLOAD_REF_CORRUPT,
        "payload %s has %d bytes and is not the one of %d bytes that the record names; store it again"
            .formatted(file, length, reference.getLength()));
  }

  /** Deletes a payload; one that is not there already is fine. */
  public void delete(PayloadRef reference) throws IOException {
    Path file = locate(reference);
    FileSystem.get(file.toUri()).delete(file, false);
  }

  private static long length(Path file) throws IOException {
    try {
      return FileSystem.get(file.toUri()).getFileStatus(file).getLen();
    } catch (FileNotFoundException e) {
      throw new PayloadException(
          DeadLetterCause.PAYLOAD_REF_UNREADABLE,
          "payload %s does not exist; keep payloads as long as the topic keeps its records"
              .formatted(file));
    }
  }

  /** The only file of this store that can hold the payload: that of its hash. */
  private Path locate(PayloadRef reference) throws PayloadException {
    String sha256 = reference.getSha256();
    if (sha256.matches("[0-9a-f]{64}")) {
      Path file = fileOf(sha256);
      if (file.toUri().getPath().equals(pathOf(reference.getUri()))) {
        return file;
      }
    }
    throw new PayloadException(
        DeadLetterCause.PAYLOAD_REF_UNREADABLE,
        "payload '%s' is not in the store %s; producer and job need the same payload root"
            .formatted(reference.getUri(), root));
  }

  private static String pathOf(String uri) {
    try {
      return new Path(uri).toUri().getPath();
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private Path fileOf(String sha256) {
    return new Path(new Path(root, sha256.substring(0, 2)), sha256);
  }

  private static String sha256(byte[] payload) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(payload));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The bytes between position and limit, which stay where they are. */
  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}

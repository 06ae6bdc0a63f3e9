package io.segue.connectors.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.ImageEncoding;
import io.segue.schemas.avro.PayloadRef;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadStoreTest {
  @TempDir private Path dir;
  private PayloadStore store;

  @BeforeEach
  void open() {
    store = new PayloadStore(dir.resolve("payloads").toUri().toString());
  }

  @Test
  void bringsBackWhatWasPut() throws Exception {
    byte[] payload = "a large image".getBytes(UTF_8);
    PayloadRef reference = store.put(payload);
    assertThat(reference.getLength()).isEqualTo(payload.length);
    assertThat(store.get(reference)).isEqualTo(payload);
  }

  @Test
  void storesTheSameBytesOnceAndLeavesNoTemporaryFile() throws Exception {
    assertThat(store.put(new byte[100])).isEqualTo(store.put(new byte[100]));
    try (Stream<Path> files = Files.walk(dir)) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(1);
    }
  }

  @Test
  void refusesAChangedByteAndAnotherLength() throws Exception {
    PayloadRef reference = store.put(new byte[100]);
    Path file = Path.of(java.net.URI.create(reference.getUri()));
    byte[] changed = new byte[100];
    changed[50] = 1;
    Files.write(file, changed);
    assertThat(refused(reference).deadLetterCause()).isEqualTo(DeadLetterCause.PAYLOAD_REF_CORRUPT);
    Files.write(file, new byte[99]);
    assertThat(refused(reference)).hasMessageContaining("has 99 bytes");
  }

  @Test
  void refusesAFileLongerThanAnyPayloadForGood() throws Exception {
    PayloadRef reference = store.put(new byte[100]);
    try (RandomAccessFile file =
        new RandomAccessFile(Path.of(java.net.URI.create(reference.getUri())).toFile(), "rw")) {
      file.setLength(PayloadStore.MAX_BYTES + 1L);
    }
    assertThat(refused(reference).deadLetterCause()).isEqualTo(DeadLetterCause.PAYLOAD_REF_CORRUPT);
  }

  @Test
  void saysThatAPayloadIsGone() throws Exception {
    PayloadRef reference = store.put(new byte[100]);
    store.delete(reference);
    store.delete(reference);
    assertThat(refused(reference).deadLetterCause())
        .isEqualTo(DeadLetterCause.PAYLOAD_REF_UNREADABLE);
  }

  @Test
  void refusesAReferenceOutOfTheStore() throws Exception {
    Path secret = Files.write(dir.resolve("secret"), new byte[100]);
    PayloadRef reference = store.put(new byte[100]);
    for (String uri :
        new String[] {
          secret.toUri().toString(),
          reference.getUri() + "/../../../secret",
          "http://elsewhere/" + reference.getSha256(),
          "",
          "::"
        }) {
      reference.setUri(uri);
      assertThat(refused(reference).deadLetterCause())
          .as(uri)
          .isEqualTo(DeadLetterCause.PAYLOAD_REF_UNREADABLE);
    }
  }

  @Test
  void refusesALengthAboveTheLimitBeforeReading() throws Exception {
    PayloadRef reference = store.put(new byte[100]);
    reference.setLength(1L << 40);
    assertThat(refused(reference).deadLetterCause()).isEqualTo(DeadLetterCause.PAYLOAD_TOO_LARGE);
  }

  @Test
  void movesThePayloadOfARecordAboveTheLimitIntoTheStore() throws Exception {
    RecordEncoder encoder = new RecordEncoder(store);
    Frame frame = frame(5000);
    assertThat(decode(encoder.encode(frame, 10_000))).isEqualTo(frame);

    byte[] encoded = encoder.encode(frame, 1000);
    assertThat(encoded).hasSizeLessThan(1000);
    Frame byReference = decode(encoded);
    assertThat(byReference.getPayload()).isNull();
    assertThat(store.get(byReference.getPayloadRef())).isEqualTo(new byte[5000]);
    assertThat(frame.getPayload()).isNotNull();
  }

  @Test
  void movesTheOriginalBytesOfALargeDeadLetterIntoTheStore() throws Exception {
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setLetterId("frames-0-1")
            .setTopic("frames")
            .setPartition(0)
            .setOffset(1)
            .setValue(ByteBuffer.wrap(new byte[3000]))
            .setStage("admit")
            .setCause(DeadLetterCause.NOT_AN_IMAGE)
            .setMessage("no image")
            .setFailedAt(Instant.EPOCH)
            .build();
    byte[] encoded = new RecordEncoder(store).encode(letter, 1000);
    DeadLetter decoded = AvroCodec.decode(encoded, DeadLetter.class);
    assertThat(decoded.getValue()).isNull();
    assertThat(store.get(decoded.getValueRef())).hasSize(3000);
  }

  @Test
  void refusesARecordThatIsTooLargeWithoutItsPayloadToo() {
    Frame frame = frame(10);
    frame.setAttributes(Map.of("note", "x".repeat(5000)));
    assertThatThrownBy(() -> new RecordEncoder(store).encode(frame, 1000))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("the topic takes 1000");
  }

  private static Frame frame(int payloadBytes) {
    return Frame.newBuilder()
        .setId(new FrameId("camera", 1L, 2L))
        .setCaptureTime(Instant.EPOCH)
        .setEncoding(ImageEncoding.JPEG)
        .setPayload(ByteBuffer.wrap(new byte[payloadBytes]))
        .build();
  }

  private static Frame decode(byte[] encoded) {
    return AvroCodec.decode(encoded, Frame.class);
  }

  private PayloadException refused(PayloadRef reference) {
    return catchThrowableOfType(PayloadException.class, () -> store.get(reference));
  }
}

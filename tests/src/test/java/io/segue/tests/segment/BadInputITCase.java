package io.segue.tests.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.segue.connectors.image.MaskCodec;
import io.segue.connectors.payload.PayloadStore;
import io.segue.deploy.job.SegmentJob;
import io.segue.schemas.AvroCodec;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.DeadLetterCause;
import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.ImageEncoding;
import io.segue.schemas.avro.InstanceStatus;
import io.segue.schemas.avro.InstanceStatusChange;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.PayloadRef;
import io.segue.tests.cluster.LocalEngine;
import io.segue.tests.stream.FrameFeeder;
import io.segue.tests.stream.StreamOutcomes;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * One running job; each bad input gives one dead letter, drop or refusal, and the stream goes on.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputITCase {

  private static final byte[] PICTURE = SegmentLine.jpeg(96, 64, 1);

  private SegmentLine line;
  private LocalEngine engine;
  private FrameFeeder feeder;
  private JobClient job;

  @BeforeAll
  void startTheJob(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    line = SegmentLine.start(folder, 2);
    engine = LocalEngine.start(2);
    feeder = line.feeder();
    StreamExecutionEnvironment env = engine.environment(line.engine(300));
    env.setParallelism(2);
    SegmentJob.build(env, line.options());
    job = env.executeAsync("segment");
  }

  @AfterAll
  void stopTheJob() throws Exception {
    job.cancel().get();
    feeder.close();
    engine.close();
    line.close();
  }

  @Test
  void bytesThatAreNoImageBecomeOneDeadLetterWithTheirPlaceAndCause() {
    byte[] text = "no image".getBytes(StandardCharsets.UTF_8);
    DeadLetter letter = onlyLetterBetweenTwoMasks("text", FrameFeeder.frame(id("text", 1), text));
    assertThat(letter.getCause()).isEqualTo(DeadLetterCause.NOT_AN_IMAGE);
    assertThat(letter.getTopic()).isEqualTo(line.topics().frames());
    assertThat(AvroCodec.decode(bytes(letter.getValue()), Frame.class).getPayload())
        .isEqualTo(ByteBuffer.wrap(text));
  }

  @Test
  void aTruncatedJpegBecomesOneDeadLetter() {
    DeadLetter letter =
        onlyLetterBetweenTwoMasks(
            "truncated",
            FrameFeeder.frame(id("truncated", 1), Arrays.copyOf(PICTURE, PICTURE.length / 2)));
    assertThat(letter.getCause()).isEqualTo(DeadLetterCause.IMAGE_TRUNCATED);
  }

  @Test
  void anEmptyPayloadBecomesOneDeadLetter() {
    DeadLetter letter =
        onlyLetterBetweenTwoMasks("empty", FrameFeeder.frame(id("empty", 1), new byte[0]));
    assertThat(letter.getCause()).isEqualTo(DeadLetterCause.EMPTY_PAYLOAD);
  }

  @Test
  void anImageThatDeclaresAbsurdSizesIsRefusedBeforeItIsDecoded() {
    Frame bomb =
        Frame.newBuilder(FrameFeeder.frame(id("bomb", 1), pngHeader(60_000, 60_000)))
            .setEncoding(ImageEncoding.PNG)
            .build();
    DeadLetter letter = onlyLetterBetweenTwoMasks("bomb", bomb);
    assertThat(letter.getCause()).isEqualTo(DeadLetterCause.IMAGE_TOO_LARGE);
    assertThat(letter.getMessage()).contains("60000");
  }

  @Test
  void anUnknownSchemaBecomesOneDeadLetter() {
    byte[] unknown = AvroCodec.encode(FrameFeeder.frame(id("unknown", 1), PICTURE));
    unknown[4] ^= 0x55;
    good("unknown", 0);
    feeder.sendRaw("unknown", unknown);
    good("unknown", 2);
    awaitMasks("unknown", 2);
    List<DeadLetter> letters = awaitLetters(l -> l.getCause() == DeadLetterCause.UNKNOWN_SCHEMA, 1);
    assertThat(bytes(letters.get(0).getValue())).isEqualTo(unknown);
  }

  @Test
  void aFrameAboveTheLimitOfItsTopicIsServedByReference() throws Exception {
    byte[] large = SegmentLine.jpeg(3600, 2000, 3);
    int limit = line.topics().settings(line.topics().frames(), 1).maxRecordBytes();
    assertThat(large.length).isGreaterThan(limit);
    PayloadRef ref =
        new PayloadStore(line.folder().resolve("payloads").toUri().toString()).put(large);
    good("large", 0);
    feeder.send(byReference(id("large", 1), ref));
    good("large", 2);
    assertThat(awaitMasks("large", 3)).extracting(Mask::getWidth).containsExactly(96, 3600, 96);
  }

  @Test
  void aReferenceWhosePayloadChangedBecomesOneDeadLetter() throws Exception {
    PayloadRef ref =
        new PayloadStore(line.folder().resolve("payloads").toUri().toString()).put(PICTURE);
    Path stored = Path.of(URI.create(ref.getUri()).getPath());
    byte[] content = Files.readAllBytes(stored);
    content[content.length / 2] ^= 1;
    Files.write(stored, content);
    DeadLetter letter = onlyLetterBetweenTwoMasks("changed", byReference(id("changed", 1), ref));
    assertThat(letter.getCause()).isEqualTo(DeadLetterCause.PAYLOAD_REF_CORRUPT);
  }

  @Test
  void aRepeatedIdentityIsServedOnce() {
    good("repeated", 0);
    good("repeated", 1);
    good("repeated", 1);
    good("repeated", 0);
    good("repeated", 2);
    assertThat(awaitMasks("repeated", 3))
        .extracting(m -> m.getId().getSequence())
        .containsExactly(0L, 1L, 2L);
  }

  @Test
  void aCameraThatRestartsAtZeroRepeatsNothing() {
    good("restarted", 0);
    good("restarted", 1);
    feeder.send("restarted", 2, 0, PICTURE);
    feeder.send("restarted", 2, 1, PICTURE);
    assertThat(awaitMasks("restarted", 4))
        .extracting(m -> m.getId().getEpoch() + "/" + m.getId().getSequence())
        .containsExactly("1/0", "1/1", "2/0", "2/1");
  }

  @Test
  void aCameraWithItsClockInAnotherCenturyHoldsNothingUp() {
    good("future", 0);
    feeder.send(
        Frame.newBuilder(FrameFeeder.frame(id("future", 1), PICTURE))
            .setCaptureTime(Instant.parse("2099-01-01T00:00:00Z"))
            .build());
    good("future", 2);
    assertThat(awaitMasks("future", 3))
        .extracting(Mask::getLate)
        .containsExactly(false, false, false);
  }

  @Test
  void aPictureOfOnePixelHasAMaskOfOne() {
    feeder.send("dot", 1, 0, SegmentLine.jpeg(1, 1, 1));
    feeder.flush();
    Mask mask = awaitMasks("dot", 1).get(0);
    assertThat(mask.getWidth()).isEqualTo(1);
    assertThat(MaskCodec.decode(bytes(mask.getPayload())).indices()).hasSize(1);
  }

  @Test
  void aVersionWithAChangedByteIsRefusedAndTheOldOneServesOn() throws Exception {
    good("guarded", 0);
    awaitMasks("guarded", 1);
    Path weights = line.versionDirectory(2).resolve("variables/variables.data-00000-of-00001");
    byte[] content = Files.readAllBytes(weights);
    content[content.length / 2] ^= 1;
    Files.write(weights, content);
    line.activate(2);
    // Events are written with the records that pass: the camera goes on meanwhile.
    long[] sequence = {1};
    List<ModelEvent> failures = new ArrayList<>();
    Awaitility.await("the refusal")
        .atMost(Duration.ofMinutes(3))
        .until(
            () -> {
              good("guarded", sequence[0]++);
              failures.clear();
              failures.addAll(
                  outcomes().events().stream().filter(BadInputITCase::isFailure).toList());
              return !failures.isEmpty();
            });
    assertThat(failures.get(0).getVersion()).isEqualTo(2);
    assertThat(failures.get(0).getReason()).contains("variables.data-00000-of-00001");
    assertThat(awaitMasks("guarded", Math.toIntExact(sequence[0])))
        .extracting(Mask::getVersion)
        .containsOnly(1L);
  }

  private static boolean isFailure(ModelEvent event) {
    return event.getEvent() instanceof InstanceStatusChange change
        && change.getStatus() == InstanceStatus.FAILED;
  }

  private DeadLetter onlyLetterBetweenTwoMasks(String stream, Frame bad) {
    good(stream, 0);
    feeder.send(bad);
    good(stream, 2);
    assertThat(awaitMasks(stream, 2))
        .extracting(m -> m.getId().getSequence())
        .containsExactly(0L, 2L);
    List<DeadLetter> letters = awaitLetters(l -> bad.getId().equals(l.getId()), 1);
    assertThat(letters.get(0).getMessage()).isNotBlank();
    return letters.get(0);
  }

  private void good(String stream, long sequence) {
    feeder.send(stream, 1, sequence, PICTURE);
    feeder.flush();
  }

  private List<Mask> awaitMasks(String stream, int count) {
    List<Mask> masks = new ArrayList<>();
    Awaitility.await(count + " masks of " + stream)
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () -> {
              masks.clear();
              outcomes().masks().stream()
                  .filter(m -> m.getId().getStreamId().equals(stream))
                  .forEach(masks::add);
              assertThat(masks).hasSize(count);
            });
    return masks;
  }

  private List<DeadLetter> awaitLetters(
      java.util.function.Predicate<DeadLetter> chosen, int count) {
    List<DeadLetter> letters = new ArrayList<>();
    Awaitility.await(count + " dead letters")
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () -> {
              letters.clear();
              outcomes().deadLetters().stream().filter(chosen).forEach(letters::add);
              assertThat(letters).hasSize(count);
            });
    return letters;
  }

  private StreamOutcomes outcomes() {
    return line.outcomes(IsolationLevel.READ_COMMITTED);
  }

  private static FrameId id(String stream, long sequence) {
    return new FrameId(stream, 1L, sequence);
  }

  private static Frame byReference(FrameId id, PayloadRef ref) {
    return Frame.newBuilder(FrameFeeder.frame(id, new byte[0]))
        .setPayload(null)
        .setPayloadRef(ref)
        .build();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  /** The first chunks of an 8-bit RGB PNG, without the pixels that its header promises. */
  private static byte[] pngHeader(int width, int height) {
    ByteBuffer chunk =
        ByteBuffer.allocate(17)
            .put("IHDR".getBytes(StandardCharsets.US_ASCII))
            .putInt(width)
            .putInt(height)
            .put(new byte[] {8, 2, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(chunk.array());
    return ByteBuffer.allocate(33 + 16)
        .putLong(0x89504E470D0A1A0AL)
        .putInt(13)
        .put(chunk.array())
        .putInt((int) crc.getValue())
        .putInt(4)
        .put("IDAT".getBytes(StandardCharsets.US_ASCII))
        .putLong(0)
        .array();
  }
}

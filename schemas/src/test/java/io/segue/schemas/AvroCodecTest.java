package io.segue.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segue.schemas.avro.Frame;
import io.segue.schemas.avro.FrameId;
import io.segue.schemas.avro.ImageEncoding;
import io.segue.schemas.avro.Label;
import io.segue.schemas.avro.Skip;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;

class AvroCodecTest {
  private static final FrameId ID = new FrameId("camera-1", 1_700_000_000_000L, 7L);

  private static Frame frame(byte[] payload) {
    return Frame.newBuilder()
        .setId(ID)
        .setCaptureTime(Instant.ofEpochMilli(1_700_000_000_123L))
        .setEncoding(ImageEncoding.JPEG)
        .setPayload(ByteBuffer.wrap(payload))
        .setAttributes(Map.of("site", "north"))
        .build();
  }

  @Test
  void bringsARecordBackAsItWas() {
    Frame frame = frame(new byte[] {1, 2, 3});
    assertThat(AvroCodec.decode(AvroCodec.encode(frame))).isEqualTo(frame);
    assertThat(AvroCodec.decode(AvroCodec.encode(frame), Frame.class)).isEqualTo(frame);
  }

  @Test
  void isReadableByAvrosOwnSingleObjectDecoder() throws Exception {
    Frame frame = frame(new byte[] {4, 5});
    SpecificData data = SpecificData.getForClass(Frame.class);
    assertThat(
            new BinaryMessageDecoder<Frame>(data, Frame.getClassSchema())
                .decode(AvroCodec.encode(frame)))
        .isEqualTo(frame);
  }

  @Test
  void namesAFingerprintThatItDoesNotKnow() {
    byte[] bytes = AvroCodec.encode(frame(new byte[1]));
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(2, 0x0123456789abcdefL);
    assertThatThrownBy(() -> AvroCodec.decode(bytes))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessageContaining("0123456789abcdef");
  }

  @Test
  void refusesBytesWithoutTheHeader() {
    for (byte[] bytes : new byte[][] {{}, {1, 2, 3}, new byte[100]}) {
      assertThatThrownBy(() -> AvroCodec.decode(bytes))
          .isInstanceOf(MalformedRecordException.class)
          .hasMessageContaining(bytes.length + " bytes");
    }
  }

  @Test
  void refusesARecordCutAtAnyPlace() {
    byte[] bytes = AvroCodec.encode(frame(new byte[40]));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> AvroCodec.decode(cut, Frame.class))
          .as("cut to %d bytes", length)
          .isInstanceOf(MalformedRecordException.class);
    }
  }

  @Test
  void refusesBytesBehindTheEnd() {
    byte[] bytes = AvroCodec.encode(frame(new byte[4]));
    assertThatThrownBy(() -> AvroCodec.decode(Arrays.copyOf(bytes, bytes.length + 1)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("behind its end");
  }

  @Test
  void refusesALengthOfTwoGigabytesWithoutAllocatingIt() {
    byte[] bytes = AvroCodec.encode(new Skip(ID, Instant.EPOCH, 0L, "max-age", 1L, 1L));
    // The stream id's length is the first number of the body: claim 2^31 - 16 instead.
    byte[] claim = {(byte) 0xE0, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F};
    System.arraycopy(claim, 0, bytes, 10, claim.length);
    assertThatThrownBy(() -> AvroCodec.decode(bytes)).isInstanceOf(MalformedRecordException.class);
  }

  @Test
  void refusesARecordOfAnotherTypeThanAskedFor() {
    byte[] bytes = AvroCodec.encode(frame(new byte[1]));
    assertThatThrownBy(() -> AvroCodec.decode(bytes, Label.class))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("is a Frame, a Label was expected");
  }

  @Test
  void refusesToEncodeAPartOfARecord() {
    assertThatThrownBy(() -> AvroCodec.encode(ID))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("FrameId");
  }

  @Test
  void survivesAnyFlippedByte() {
    byte[] bytes = AvroCodec.encode(frame(new byte[8]));
    for (int i = 0; i < bytes.length; i++) {
      for (int value : new int[] {0x00, 0x7F, 0x80, 0xFF}) {
        byte[] changed = bytes.clone();
        changed[i] = (byte) value;
        try {
          AvroCodec.decode(changed);
        } catch (MalformedRecordException | UnknownSchemaException e) {
          assertThat(e).hasMessageContaining(" ");
        }
      }
    }
  }
}

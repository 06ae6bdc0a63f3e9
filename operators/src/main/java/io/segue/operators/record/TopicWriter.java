package io.segue.operators.record;

import io.segue.connectors.kafka.SegueTopics;
import io.segue.connectors.payload.PayloadStore;
import io.segue.connectors.payload.RecordEncoder;
import io.segue.schemas.avro.DeadLetter;
import io.segue.schemas.avro.LabelRequest;
import io.segue.schemas.avro.Mask;
import io.segue.schemas.avro.Metric;
import io.segue.schemas.avro.ModelEvent;
import io.segue.schemas.avro.ModelState;
import io.segue.schemas.avro.Skip;
import io.segue.schemas.flow.ProducedRecord;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns records of the vocabulary into Kafka records: each to its topic, under its key, and with
 * its payload by reference where the record would be too large for the topic.
 *
 * @param topicPrefix prefix of the topics' names
 * @param payloadRoot where payloads by reference are stored, a Flink file system path
 */
public record TopicWriter(String topicPrefix, String payloadRoot) implements Serializable {

  /** Header with the W3C trace context of a frame, which its outcome carries on unchanged. */
  public static final String TRACEPARENT = "traceparent";

  /** Header with what the tracing systems that a frame came through add to its trace context. */
  public static final String TRACESTATE = "tracestate";

  /** A mask; key: the stream. */
  public ProducedRecord mask(Mask mask) throws IOException {
    return produced(topics().masks(), key(mask.getId().getStreamId()), mask);
  }

  /**
   * The same record with the trace context of its frame; as it is where that has none, for a {@code
   * tracestate} alone means nothing.
   */
  public static ProducedRecord traced(
      ProducedRecord record, @Nullable ByteBuffer traceparent, @Nullable ByteBuffer tracestate) {
    if (traceparent != null) {
      record.setHeaders(
          tracestate == null
              ? Map.of(TRACEPARENT, traceparent)
              : Map.of(TRACEPARENT, traceparent, TRACESTATE, tracestate));
    }
    return record;
  }

  /** A skip, among the masks whose place it takes; key: the stream. */
  public ProducedRecord skip(Skip skip) throws IOException {
    return produced(topics().masks(), key(skip.getId().getStreamId()), skip);
  }

  /** A dead letter, with the trace context of the dead record; key: that of the dead record. */
  public ProducedRecord deadLetter(DeadLetter letter) throws IOException {
    Map<String, ByteBuffer> headers = letter.getHeaders();
    return traced(
        produced(topics().deadLetters(), letter.getKey(), letter),
        headers.get(TRACEPARENT),
        headers.get(TRACESTATE));
  }

  /** An event; key: the model. */
  public ProducedRecord event(ModelEvent event) throws IOException {
    return produced(topics().modelEvents(), key(event.getModel()), event);
  }

  /** The state of a model; key: the model. */
  public ProducedRecord state(ModelState state) throws IOException {
    return produced(topics().modelUpdates(), key(state.getModel()), state);
  }

  /** A metric; key: its name. */
  public ProducedRecord metric(Metric metric) throws IOException {
    return produced(topics().metrics(), key(metric.getName()), metric);
  }

  /** A request for a label; key: the stream. */
  public ProducedRecord labelRequest(LabelRequest request) throws IOException {
    return produced(topics().labelRequests(), key(request.getId().getStreamId()), request);
  }

  private SegueTopics topics() {
    return new SegueTopics(topicPrefix);
  }

  private static ByteBuffer key(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private ProducedRecord produced(String topic, @Nullable ByteBuffer key, SpecificRecord value)
      throws IOException {
    int maxBytes = topics().settings(topic, 1).maxRecordBytes();
    byte[] bytes = new RecordEncoder(new PayloadStore(payloadRoot)).encode(value, maxBytes);
    return ProducedRecord.newBuilder()
        .setTopic(topic)
        .setKey(key)
        .setValue(ByteBuffer.wrap(bytes))
        .build();
  }
}

package io.segue.operators.join;

import io.segue.schemas.flow.Arrivals;
import java.util.Optional;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;

/** A first-in, first-out queue in keyed state; no operation costs more for a longer queue. */
final class ArrivalQueue {
  private final MapState<Long, String> elements;
  private final ValueState<Arrivals> bounds;

  ArrivalQueue(RuntimeContext context, String name) {
    elements = context.getMapState(new MapStateDescriptor<>(name, Types.LONG, Types.STRING));
    bounds =
        context.getState(
            new ValueStateDescriptor<>(name + "-bounds", new AvroTypeInfo<>(Arrivals.class)));
  }

  void add(String element) throws Exception {
    Arrivals now = arrivals();
    elements.put(now.getNext(), element);
    bounds.update(new Arrivals(now.getHead(), now.getNext() + 1));
  }

  long size() throws Exception {
    Arrivals now = arrivals();
    return now.getNext() - now.getHead();
  }

  /** The element that has been in the queue longest. */
  Optional<String> head() throws Exception {
    return Optional.ofNullable(elements.get(arrivals().getHead()));
  }

  void removeHead() throws Exception {
    Arrivals now = arrivals();
    elements.remove(now.getHead());
    bounds.update(new Arrivals(now.getHead() + 1, now.getNext()));
  }

  void clear() {
    elements.clear();
    bounds.clear();
  }

  private Arrivals arrivals() throws Exception {
    Arrivals stored = bounds.value();
    return stored == null ? new Arrivals(0L, 0L) : stored;
  }
}

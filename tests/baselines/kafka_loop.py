"""What a user would write around a network in Python: consume, decode, infer, encode, produce.

Frames are JPEG record values, masks are PNG record values with the frame's key. Offsets are
committed by the client's timer, so a crash loses or repeats masks; nothing keeps an order.
"""
import argparse
import json
import time

import confluent_kafka

WARM_UP = 10


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("saved_model")
    parser.add_argument("bootstrap_servers")
    parser.add_argument("frames_topic")
    parser.add_argument("masks_topic")
    parser.add_argument("count", type=int, help="frames that lie in the topic")
    return parser.parse_args()


def run(options, segment, **facts):
    """Takes every frame through `segment` (JPEG bytes to PNG bytes); prints one JSON object."""
    consumer = confluent_kafka.Consumer(
        {
            "bootstrap.servers": options.bootstrap_servers,
            "group.id": options.masks_topic,
            "auto.offset.reset": "earliest",
        }
    )
    producer = confluent_kafka.Producer(
        {"bootstrap.servers": options.bootstrap_servers, "linger.ms": 5}
    )
    consumer.subscribe([options.frames_topic])
    done = 0
    began = 0.0
    while done < options.count:
        if done == WARM_UP:
            began = time.perf_counter()
        record = consumer.poll(60)
        if record is None:
            raise SystemExit(f"no frame came for 60 s after {done} of {options.count}")
        if record.error():
            raise SystemExit(str(record.error()))
        producer.produce(options.masks_topic, key=record.key(), value=segment(record.value()))
        producer.poll(0)
        done += 1
    producer.flush()
    rate = (done - WARM_UP) / (time.perf_counter() - began)
    consumer.close()
    print(json.dumps({"framesPerSecond": rate, **facts}))

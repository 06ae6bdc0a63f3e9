"""The loop of tensorflow_loop.py on OpenVINO, in bfloat16 where the CPU has it.

usage: openvino_loop.py SAVED_MODEL FRAMES SECONDS
Prints one JSON object with framesPerSecond and the precision that OpenVINO chose.
"""
import json
import pathlib
import sys
import time

import numpy as np
import openvino as ov
import tensorflow as tf


def main(saved_model, frames, seconds):
    encoded = [path.read_bytes() for path in sorted(pathlib.Path(frames).glob("*.jpg"))]
    core = ov.Core()
    supports_bf16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    precision = ov.Type.bf16 if supports_bf16 else ov.Type.f32
    model = ov.convert_model(saved_model)
    height, width = tf.io.decode_jpeg(encoded[0]).shape[:2]
    model.reshape([1, height, width, 3])
    compiled = core.compile_model(
        model, "CPU", {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
    )
    output = next(out for out in compiled.outputs if len(out.get_partial_shape()) == 4)

    def one(jpeg):
        image = tf.io.decode_jpeg(jpeg, channels=3).numpy()
        logits = compiled(image[np.newaxis])[output]
        mask = np.argmax(logits[0], -1).astype(np.uint8)
        return tf.io.encode_png(mask[..., np.newaxis], compression=1).numpy()

    for i in range(10):
        one(encoded[i % len(encoded)])
    done = 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        one(encoded[done % len(encoded)])
        done += 1
    rate = done / (time.perf_counter() - began)
    print(json.dumps({"framesPerSecond": rate, "precision": precision.get_type_name()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))

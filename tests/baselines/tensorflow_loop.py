"""Decodes, infers and encodes frames in a plain TensorFlow loop, as a user of Python would.

usage: tensorflow_loop.py SAVED_MODEL FRAMES SECONDS
Prints one JSON object with framesPerSecond. No broker, no checkpoints, no order to keep.
"""
import json
import pathlib
import sys
import time

import tensorflow as tf


def main(saved_model, frames, seconds):
    serve = tf.saved_model.load(saved_model).signatures["serving_default"]
    encoded = [path.read_bytes() for path in sorted(pathlib.Path(frames).glob("*.jpg"))]

    def one(jpeg):
        image = tf.io.decode_jpeg(jpeg, channels=3)
        logits = serve(inputs=image[tf.newaxis])["logits"]
        resized = tf.image.resize(logits, tf.shape(image)[:2])
        mask = tf.cast(tf.argmax(resized[0], -1), tf.uint8)
        return tf.io.encode_png(mask[..., tf.newaxis], compression=1).numpy()

    for i in range(10):
        one(encoded[i % len(encoded)])
    done = 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        one(encoded[done % len(encoded)])
        done += 1
    print(json.dumps({"framesPerSecond": done / (time.perf_counter() - began)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))

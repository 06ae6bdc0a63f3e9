"""Runs exported models in Python's TensorFlow, and writes a checkpoint as the Model Garden does.

usage: exchange_models.py FOLDER

FOLDER/exports/NAME is a SavedModel; FOLDER/exports/NAME.input its input: bytes of one encoded image
or example, or else pixels in the signature's type, of the size that FOLDER/exchange.json gives as
"height" and "width". FOLDER/exports/NAME.logits receives the logits as float32 in native byte order.

FOLDER/exchange.json lists under "weights" the "key" and "shape" of tensors that follow one another
in FOLDER/weights.raw. FOLDER/checkpoint receives them: root children by part, and all of them once
more below "model", as the trainer of the Model Garden saves them.
"""
import json
import pathlib
import sys

import numpy as np
import tensorflow as tf


def run(model: pathlib.Path, height: int, width: int) -> None:
    serve = tf.saved_model.load(str(model)).signatures["serving_default"]
    taken = serve.structured_input_signature[1]["inputs"]
    content = model.with_name(model.name + ".input").read_bytes()
    if taken.dtype == tf.string:
        inputs = tf.constant([content])
    else:
        pixels = np.frombuffer(content, taken.dtype.as_numpy_dtype)
        inputs = tf.constant(pixels.reshape(1, height, width, 3))
    logits = serve(inputs=inputs)["logits"].numpy()
    logits.astype(np.float32).tofile(model.with_name(model.name + ".logits"))


def checkpoint(folder: pathlib.Path, weights: list) -> None:
    values = np.fromfile(folder / "weights.raw", np.float32)
    root = tf.train.Checkpoint()
    start = 0
    for weight in weights:
        *parents, leaf = weight["key"].split("/")
        node = root
        for name in parents:
            if not hasattr(node, name):
                setattr(node, name, tf.train.Checkpoint())
            node = getattr(node, name)
        size = int(np.prod(weight["shape"]))
        setattr(node, leaf, tf.Variable(values[start : start + size].reshape(weight["shape"])))
        start += size
    root.global_step = tf.Variable(3, dtype=tf.int64)
    root.model = tf.train.Checkpoint(
        **{part: getattr(root, part) for part in {it["key"].split("/")[0] for it in weights}}
    )
    root.write(str(folder / "checkpoint"))


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    exchange = json.loads((folder / "exchange.json").read_text())
    for model in sorted(it for it in (folder / "exports").iterdir() if it.is_dir()):
        run(model, exchange["height"], exchange["width"])
    checkpoint(folder, exchange["weights"])


if __name__ == "__main__":
    main()

"""Runs an exported model in Python's TensorFlow.

usage: saved_model_logits.py MODEL_DIR IMAGE_FILE HEIGHT WIDTH LOGITS_FILE

IMAGE_FILE holds uint8 [1, HEIGHT, WIDTH, 3]; LOGITS_FILE receives float32 in native byte order.
The last line printed is the shape of the logits.
"""
import sys

import numpy as np
import tensorflow as tf


def main() -> None:
    model_dir, image_file, height, width, logits_file = sys.argv[1:]
    image = np.fromfile(image_file, np.uint8).reshape(1, int(height), int(width), 3)
    serve = tf.saved_model.load(model_dir).signatures["serving_default"]
    logits = serve(inputs=tf.constant(image))["logits"].numpy()
    logits.astype(np.float32).tofile(logits_file)
    print(",".join(str(n) for n in logits.shape))


if __name__ == "__main__":
    main()

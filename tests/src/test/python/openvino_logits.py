"""Runs an exported model in OpenVINO.

usage: openvino_logits.py MODEL HEIGHT WIDTH INPUT LOGITS

MODEL is a SavedModel with the input type image_tensor, INPUT a file with the pixels of one image of
HEIGHT times WIDTH; LOGITS receives the logits as float32 in native byte order.
"""
import sys

import numpy as np
import openvino as ov


def main() -> None:
    model, height, width, pixels, logits = sys.argv[1:]
    shape = [1, int(height), int(width), 3]
    compiled = ov.compile_model(
        ov.convert_model(model), "CPU", {"INFERENCE_PRECISION_HINT": ov.Type.f32}
    )
    given = compiled(np.fromfile(pixels, np.uint8).reshape(shape))
    output = next(it for it in compiled.outputs if it.get_partial_shape().rank == 4)
    given[output].astype(np.float32).tofile(logits)


if __name__ == "__main__":
    main()

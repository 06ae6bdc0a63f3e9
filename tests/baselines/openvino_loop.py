"""Segments JPEG frames from a topic with OpenVINO, in bfloat16 where the CPU has it."""
import functools

import numpy as np
import openvino as ov
import tensorflow as tf

import kafka_loop


def main():
    options = kafka_loop.arguments(__doc__)
    core = ov.Core()
    supports_bf16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    precision = ov.Type.bf16 if supports_bf16 else ov.Type.f32

    @functools.cache
    def network(height, width):
        model = ov.convert_model(options.saved_model)
        model.reshape([1, height, width, 3])
        hints = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
        compiled = core.compile_model(model, "CPU", hints)
        return compiled, next(it for it in compiled.outputs if it.get_partial_shape().rank == 4)

    def segment(jpeg):
        image = tf.io.decode_jpeg(jpeg, channels=3)
        compiled, logits = network(*image.shape[:2])
        resized = tf.image.resize(compiled(image[tf.newaxis].numpy())[logits], image.shape[:2])
        mask = np.argmax(resized[0], -1).astype(np.uint8)
        return tf.io.encode_png(mask[..., np.newaxis], compression=1).numpy()

    kafka_loop.run(options, segment, precision=precision.get_type_name())


if __name__ == "__main__":
    main()

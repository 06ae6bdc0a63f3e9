"""Segments JPEG frames from a topic with TensorFlow, as a user of Python would."""
import tensorflow as tf

import kafka_loop


def main():
    options = kafka_loop.arguments(__doc__)
    serve = tf.saved_model.load(options.saved_model).signatures["serving_default"]

    def segment(jpeg):
        image = tf.io.decode_jpeg(jpeg, channels=3)
        logits = serve(inputs=image[tf.newaxis])["logits"]
        resized = tf.image.resize(logits, tf.shape(image)[:2])
        mask = tf.cast(tf.argmax(resized[0], -1), tf.uint8)
        return tf.io.encode_png(mask[..., tf.newaxis], compression=1).numpy()

    kafka_loop.run(options, segment)


if __name__ == "__main__":
    main()

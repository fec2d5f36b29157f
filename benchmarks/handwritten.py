"""The airbench network, trained by a hand-written TensorFlow loop: the engine's benchmark.

It uses neither Keras nor Cotejo, only variables, `tf.nn` and one `tf.function` that runs many
steps. The arithmetic is that of the recipes with `airbench`: bfloat16, crops and label smoothing
inside the step, orthogonal steps for the kernels and Adam's for the rest. Unlike Cotejo it has no
mirroring, no moving statistics of normalisation and no accuracy, so it has a little less to do.
`engine.py --recipe NAME` runs it.
"""

from __future__ import annotations

import itertools
import time


def speeds(images, labels, width: int, batch: int, steps: int, rounds: int) -> list[float]:
    """Return the training speed in images per second, one number per round.

    Args:
        images: ``[n, 32, 32, 3]``, uint8.
        labels: ``[n]``, int32.
        width: the width of the network's first group.
        batch: the number of images per step.
        steps: the number of steps per round.
        rounds: the number of timed rounds; one more round, which compiles, is not timed.
    """
    import numpy as np
    import tensorflow as tf

    pixels, classes = tf.constant(images), tf.constant(labels)
    kernels, others = _weights(tf, width)
    weights = [*kernels, *others]
    momenta = [tf.Variable(tf.zeros_like(weight)) for weight in weights]
    squares = [tf.Variable(tf.zeros_like(weight)) for weight in others]
    count = tf.Variable(0.0)

    def logits(x):
        def convolved(x, kernel, padding="SAME"):
            return tf.nn.conv2d(x, tf.cast(kernel, x.dtype), 1, padding)

        def batch_normalized(x, offset):
            ones = tf.ones_like(offset)
            return tf.compat.v1.nn.fused_batch_norm(x, ones, offset, epsilon=1e-3)[0]

        x = tf.nn.silu(convolved(x, whitening, "VALID") + tf.cast(others[0], x.dtype))
        for group in range(3):
            x = tf.nn.max_pool2d(convolved(x, kernels[2 * group]), 2, 2, "VALID")
            x = tf.nn.silu(batch_normalized(x, others[1 + 2 * group]))
            x = convolved(x, kernels[2 * group + 1])
            x = tf.nn.silu(batch_normalized(x, others[2 + 2 * group]))
        return tf.cast(tf.reduce_max(x, (1, 2)), "float32") @ others[-1] / (4 * width)

    whitening = tf.constant(np.random.default_rng(0).normal(size=(2, 2, 3, 24)), "float32")

    def augmented(x):
        rows = tf.abs(tf.range(32)[None] + tf.random.uniform((batch, 1), -2, 3, "int32"))
        columns = tf.abs(tf.range(32)[None] + tf.random.uniform((batch, 1), -2, 3, "int32"))
        x = tf.gather(x, 31 - tf.abs(31 - rows), axis=1, batch_dims=1)
        return tf.gather(x, 31 - tf.abs(31 - columns), axis=2, batch_dims=1)

    def orthogonal(matrix):
        x = tf.transpose(tf.cast(matrix / (tf.norm(matrix) + 1e-7), "bfloat16"))
        tall = x.shape[0] > x.shape[1]
        x = tf.transpose(x) if tall else x
        for _ in range(3):
            gram = tf.matmul(x, x, transpose_b=True)
            x = 3.4445 * x + tf.matmul(-4.7750 * gram + 2.0315 * tf.matmul(gram, gram), x)
        x = tf.transpose(x) if tall else x
        return tf.transpose(tf.cast(x, "float32"))

    def step():
        chosen = tf.random.uniform((batch,), 0, len(images), "int32")
        x = augmented(tf.gather(pixels, chosen))
        x = tf.cast(x, "bfloat16") * (4 / 255) - 2
        targets = tf.one_hot(tf.gather(classes, chosen), 10) * 0.8 + 0.02
        with tf.GradientTape() as tape:
            losses = tf.nn.softmax_cross_entropy_with_logits(targets, logits(x))
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, weights)
        count.assign_add(1)
        for kernel, gradient, momentum in zip(kernels, gradients, momenta, strict=False):
            momentum.assign(0.6 * momentum + gradient)
            ahead = tf.reshape(gradient + 0.6 * momentum, (-1, kernel.shape[-1]))
            normalized = kernel * (float(kernel.shape[-1]) ** 0.5 / tf.norm(kernel))
            kernel.assign(normalized - 0.1 * tf.reshape(orthogonal(ahead), kernel.shape))
        rest = zip(others, gradients[6:], momenta[6:], squares, strict=True)
        for weight, gradient, mean, square in rest:
            mean.assign(0.9 * mean + 0.1 * gradient)
            square.assign(0.98 * square + 0.02 * tf.square(gradient))
            size = tf.sqrt(square / (1 - 0.98**count)) + 1e-8
            weight.assign_sub(0.01 * mean / (1 - 0.9**count) / size)
        return loss

    @tf.function
    def many(repeats):
        loss = 0.0
        for _ in tf.range(repeats):
            loss = step()
        return loss

    images_per_second = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        many(tf.constant(steps)).numpy()
        images_per_second.append(steps * batch / (time.perf_counter() - started))
    return images_per_second[1:]


def _weights(tf, width: int):
    """Return the six trained kernels, and the other weights: biases and the last layer."""
    sizes = [24, width, width, 4 * width, 4 * width, 4 * width, 4 * width]
    kernels = [
        tf.Variable(tf.random.normal((3, 3, inputs, outputs), stddev=0.05))
        for inputs, outputs in itertools.pairwise(sizes)
    ]
    others = [tf.Variable(tf.zeros((24,)))]
    others += [tf.Variable(tf.zeros((outputs,))) for outputs in sizes[1:]]
    others.append(tf.Variable(tf.random.normal((4 * width, 10))))
    return kernels, others

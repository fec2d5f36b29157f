"""How fast the gradient of a convolution is for narrow images: one by one, or several in a row.

    python benchmarks/narrow_gradients.py [--rounds 5]

For the shapes of `airbench` at widths 64 and 96, in batches of 500, it prints the milliseconds of
the 3×3 convolution and of the gradient of its kernel. The gradient is computed by oneDNN from the
plain batch, and in the way of `cotejo.models.kernels.convolved`, in turns. It prints the median of
the rounds, and GFLOP/s.
"""

from __future__ import annotations

import argparse
import statistics
import time

import tensorflow

from cotejo.models.kernels import convolved

SHAPES = [(31, 24, 64), (15, 64, 256), (7, 256, 256), (3, 256, 256), (11, 64, 256), (5, 256, 256)]
SHAPES += [(2, 256, 256), (7, 384, 384)]
"""For each shape: the height and width of the images, the channels and the filters."""

BATCH = 500


def plain(images, kernel):
    return tensorflow.nn.conv2d(images, kernel, 1, "SAME")


def gradient_of(convolution):
    """Return a compiled function that computes the gradient of the kernel, not of the images."""

    @tensorflow.function
    def gradient(images, kernel, upstream):
        with tensorflow.GradientTape() as tape:
            tape.watch(kernel)
            outputs = convolution(images, kernel)
        return tape.gradient(outputs, kernel, output_gradients=upstream)

    return gradient


def milliseconds(function, *arguments) -> float:
    started = time.perf_counter()
    function(*arguments).numpy()
    return (time.perf_counter() - started) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(f"{'size':>5} {'channels':>9}   {'forward':>14}   {'alone':>14}   {'in one row':>14}")
    for size, channels, filters in SHAPES:
        images, upstream, kernel = (
            tensorflow.cast(tensorflow.random.normal(shape), "bfloat16")
            for shape in (
                (BATCH, size, size, channels),
                (BATCH, size, size, filters),
                (3, 3, channels, filters),
            )
        )
        forward = tensorflow.function(plain)
        timed = [
            (forward, (images, kernel)),
            (gradient_of(plain), (images, kernel, upstream)),
            (gradient_of(convolved), (images, kernel, upstream)),
        ]
        for function, arguments in timed:
            milliseconds(function, *arguments)  # the first call compiles
        times = [
            [milliseconds(function, *arguments) for function, arguments in timed]
            for _ in range(rounds)
        ]
        work = 2 * BATCH * size * size * 9 * channels * filters / 1e6
        medians = [statistics.median(column) for column in zip(*times, strict=True)]
        columns = (f"{median:6.1f} ms {work / median:5.0f}" for median in medians)
        print(f"{size:>5} {channels:>4}→{filters:<4}   " + "   ".join(columns), flush=True)


if __name__ == "__main__":
    main()

"""How fast each part of an augmentation is, compiled, on batches of CIFAR-10's size.

    python benchmarks/augmentation.py [--batch 512] [--seconds 2] [AUGMENTATION ...]

Prints images a second of every part and short form, or of those named, such as ``flip,rotate=15``;
the last line is JSON. It times the augmentation alone, without a network.
"""

from __future__ import annotations

import argparse
import json
import time


def images_per_second(name: str, batch: int, seconds: float) -> float:
    import numpy as np

    from cotejo.augment import compose
    from cotejo.backend import keras, ops
    from cotejo.config.augmentations import read_augmentation

    policy, draws = compose(read_augmentation(name)), keras.random.SeedGenerator(0)

    class Step(keras.Model):
        def call(self, pixels):
            changed = policy(pixels, draws)
            if policy.mix is not None:
                changed, _ = policy.mix(changed, draws)
            # One number, so that no time goes into bringing the images back.
            return ops.mean(changed, axis=(1, 2, 3))

    step = Step()
    pixels = np.random.default_rng(0).uniform(0, 255, (batch, 32, 32, 3)).astype("float32")
    step.predict_on_batch(pixels)
    count, started = 0, time.perf_counter()
    while count < 3 or time.perf_counter() - started < seconds:
        step.predict_on_batch(pixels)
        count += 1
    return count * batch / (time.perf_counter() - started)


def main() -> None:
    from cotejo.config.augmentation_parts import KINDS, SHORT_FORMS

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("augmentations", nargs="*")
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=2)
    arguments = parser.parse_args()
    names = arguments.augmentations or [*SHORT_FORMS, *KINDS]
    speeds = {}
    for name in names:
        speeds[name] = images_per_second(name, arguments.batch, arguments.seconds)
        print(f"{name:32}{speeds[name]:12,.0f} images/s", flush=True)
    print(json.dumps(speeds))


if __name__ == "__main__":
    main()

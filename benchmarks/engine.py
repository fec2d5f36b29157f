"""How fast the engine trains: `cnn3` against the notebook's way, recipes against a loop by hand.

    python benchmarks/engine.py [--rounds 2] [--epochs 2]
    python benchmarks/engine.py --recipe accurate [--rounds 2] [--epochs 2]

Each way runs in a separate process, in turn (A B C A B C …), so that a machine that slows down
slows all of them. The ways are Cotejo's engine; the notebook's `ImageDataGenerator` and `fit` with
TensorFlow's defaults; and the same with oneDNN, which TensorFlow turns on by itself only on newer
processors. An epoch has 40,000 images in batches of 64; the first epoch, which compiles, is not
counted. The images are noise, since the speed does not depend on what they show. Prints images per
second (the median over all counted epochs, the lowest and the highest), the ratios of the medians,
and the share of the machine's matrix-product peak, measured in the same run. The last line is JSON.

With a recipe, its network is trained on full-size images in the recipe's batches, in epochs of
10,000 images. The other way is then `handwritten.py`: the same arithmetic in a hand-written
TensorFlow loop without Keras.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

IMAGES, BATCH = 40_000, 64
RECIPE_IMAGES = 10_000
WAYS = {
    "cotejo": {},
    "notebook": {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"},
    "notebook, oneDNN on": {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "KERAS_BACKEND": "tensorflow",
        "TF_ENABLE_ONEDNN_OPTS": "1",
    },
}
RECIPE_WAYS = {
    "cotejo": {},
    "written by hand": {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "1"},
}


def noise(count: int):
    import numpy as np

    random = np.random.default_rng(0)
    images = random.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    return images, random.integers(0, 10, count, dtype=np.int32)


def cotejo_way(epochs: int, recipe: str | None = None) -> dict:
    """Train with Cotejo's engine, and measure the peak of the precision that it chose."""
    from cotejo.config import Settings, load_recipe
    from cotejo.data.dataset import Dataset, Split
    from cotejo.models.cost import operations_per_image
    from cotejo.platform import machine, resolve_precision, versions
    from cotejo.study.run import build_network
    from cotejo.train import train

    given = {"model": "cnn3", "initializer": "he", "augment": "notebook", "batch_size": BATCH}
    if recipe:
        given = load_recipe(recipe).settings | {"small_epochs": 0, "hard_epochs": 0}
    settings = Settings.from_flat({**given, "epochs": epochs + 1}).resolved()
    images = RECIPE_IMAGES if recipe else IMAGES
    few = Split(*noise(100))
    names = tuple("0123456789")
    dataset = Dataset(
        "noise", Split(*noise(images)), few, few, {"en": names, "es": names}, {}, "made"
    )
    precision = resolve_precision(settings.precision)
    network = build_network(settings, dataset.train, 10)
    history = train(network, dataset, settings, seed=1).history
    counted = images // settings.batch_size * settings.batch_size
    return {
        "speeds": [counted / row["seconds"] for row in history[1:]],
        "operations": 3 * operations_per_image(network),
        "precision": precision,
        "peak": peak(precision),
        "machine": machine(),
        "versions": versions(),
    }


def peak(precision: str, size: int = 2048, repeats: int = 5) -> float:
    """Return the best of several timings of a square matrix product, in operations per second."""
    from cotejo.backend import keras, ops

    class Products(keras.Model):
        def call(self, matrix):
            product = matrix
            for _ in range(repeats):
                product = ops.matmul(matrix, product)
            return product

    matrix = ops.cast(keras.random.normal((size, size)), precision)
    model = Products(dtype=precision)
    seconds = []
    for _ in range(6):
        started = time.perf_counter()
        model.predict_on_batch(matrix)
        seconds.append(time.perf_counter() - started)
    return repeats * 2 * size**3 / min(seconds[1:])


def notebook_way(epochs: int) -> dict:
    """Train as the second notebook does: scale and augment the pixels on the host, then `fit`."""
    import keras
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    images, labels = noise(IMAGES)
    images = images.astype("float32") / 255
    labels = keras.utils.to_categorical(labels, 10)
    generator = ImageDataGenerator(
        rotation_range=15, width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True
    )
    he = {"activation": "relu", "kernel_initializer": "he_uniform"}
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.Conv2D(32, 3, **he),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(64, 3, **he),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(64, 3, **he),
            keras.layers.Flatten(),
            keras.layers.Dense(64, **he),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    speeds = []

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.started = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            speeds.append(IMAGES / (time.perf_counter() - self.started))

    flow = generator.flow(images, labels, batch_size=BATCH)
    model.fit(flow, epochs=epochs + 1, callbacks=[Clock()], verbose=0)
    return {"speeds": speeds[1:]}


def hand_way(epochs: int, recipe: str) -> dict:
    """Train the recipe's network with the hand-written loop, which computes in bfloat16."""
    from cotejo.config import load_recipe
    from handwritten import speeds

    settings = load_recipe(recipe).settings
    if settings["model"] != "airbench":
        raise SystemExit(f"only recipes of airbench are written by hand; {recipe} is another's")
    batch, width = settings["batch_size"], settings.get("width", 64)
    return {"speeds": speeds(*noise(RECIPE_IMAGES), width, batch, RECIPE_IMAGES // batch, epochs)}


def in_a_process(way: str, epochs: int, recipe: str | None) -> dict:
    command = [sys.executable, __file__, "--way", way, "--epochs", str(epochs)]
    command += ["--recipe", recipe] if recipe else []
    variables = (RECIPE_WAYS if recipe else WAYS)[way]
    done = subprocess.run(
        command, env=os.environ | variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{way}: {done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def one_way(way: str, epochs: int, recipe: str | None) -> dict:
    if way == "cotejo":
        return cotejo_way(epochs, recipe)
    return hand_way(epochs, recipe) if recipe else notebook_way(epochs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--recipe")
    parser.add_argument("--way", choices=[*WAYS, *RECIPE_WAYS])
    arguments = parser.parse_args()
    recipe = arguments.recipe
    if arguments.way:
        print(json.dumps(one_way(arguments.way, arguments.epochs, recipe)))
        return
    ways = RECIPE_WAYS if recipe else WAYS
    speeds: dict[str, list[float]] = {way: [] for way in ways}
    facts = {}
    peaks = []
    for number in range(arguments.rounds):
        for way in ways:
            result = in_a_process(way, arguments.epochs, recipe)
            speeds[way] += result["speeds"]
            print(f"round {number + 1}: {way}: {[round(s) for s in result['speeds']]} images/s")
            if way == "cotejo":
                facts = result
                peaks.append(result["peak"])
    summarize(speeds, facts, max(peaks))


def summarize(speeds: dict[str, list[float]], facts: dict, best_peak: float) -> None:
    medians = {way: statistics.median(of_way) for way, of_way in speeds.items()}
    reached = medians["cotejo"] * facts["operations"]
    print(f"\n{facts['machine']['processor']}, {facts['machine']['cores']} cores, ", end="")
    print(f"{facts['precision']}; Keras {facts['versions']['keras']}")
    for way, of_way in speeds.items():
        print(f"{way:22}{medians[way]:8,.0f} images/s  ({min(of_way):,.0f} to {max(of_way):,.0f})")
    for way in list(speeds)[1:]:
        print(f"cotejo / {way}: {medians['cotejo'] / medians[way]:.2f}")
    print(f"matrix-product peak {best_peak / 1e9:,.0f} GFLOP/s; ", end="")
    print(f"the engine reaches {reached / 1e9:,.0f}, {reached / best_peak:.0%} of it")
    report = {"images_per_second": medians, "all": speeds, "peak": best_peak, "reached": reached}
    print(json.dumps(report | {key: facts[key] for key in ("machine", "versions", "precision")}))


if __name__ == "__main__":
    main()

"""Seconds of training steps on JAX, for `accelerator.py`: of several seeds, of a tiny network.

Each is the fastest of several repetitions: other work on a machine only adds to it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import jax

from cotejo.backend import keras
from cotejo.config import Settings
from cotejo.data import Dataset
from cotejo.data.dataset import without_validation
from cotejo.study.run import build_network
from cotejo.train import fresh_backend, train
from cotejo.train.epoch_work import EpochWork, build_metrics
from cotejo.train.loop import training_steps

STEPS, TIMES = 320, 9


def first_work(network: keras.Model, dataset: Dataset, settings: Settings) -> EpochWork:
    """Return the first steps of a training as the engine hands them to the device."""
    os.environ["COTEJO_ENGINE"] = "scan"
    return next(training_steps(network, dataset, settings, 1))


def tiny(dataset: Dataset) -> keras.Model:
    """Return a network in which nearly nothing is computed: one layer, from pixels to logits."""
    layers = [keras.layers.Rescaling(1 / 255), keras.layers.Flatten()]
    layers += [keras.layers.Dense(dataset.num_classes)]
    return keras.Sequential([keras.Input(dataset.image_shape), *layers])


def sizes(dataset: Dataset, settings: Settings) -> Iterator[dict]:
    """Time the first steps for 1 to 16 seeds at once, as a study does to choose among them."""
    with fresh_backend(1):
        network = build_network(settings, dataset.train, dataset.num_classes)
        work = first_work(network, dataset, settings)
        images = work.batches[0].size
        for size in (1, 2, 4, 8, 16):
            work, first = work.timed(size)
            seconds = float("inf")
            for _ in range(3):
                work, again = work.timed(size)
                seconds = min(seconds, again)
            speed = round(size * images / seconds)
            yield {
                "seeds": size,
                "images_per_second": speed,
                "compiling": round(first - seconds, 2),
            }


def overhead(dataset: Dataset, settings: Settings) -> Iterator[dict]:
    """Time a step by the engine, by `fit`, and by bare loops around the compiled step."""
    ways = {
        "engine": lambda: by_engine(dataset, settings, "scan"),
        "fit": lambda: by_engine(dataset, settings, "fit"),
        "a bare loop": lambda: bare(dataset, settings, 1),
        "a bare scan of 32": lambda: bare(dataset, settings, 32),
    }
    for name, way in ways.items():
        yield {"way": name, "microseconds_per_step": round(1e6 * way(), 1)}


def by_engine(dataset: Dataset, settings: Settings, engine: str) -> float:
    """Return the seconds of a step in the fastest epoch, without validation."""
    os.environ["COTEJO_ENGINE"] = engine
    dataset = without_validation(dataset)
    with fresh_backend(1):
        training = train(tiny(dataset), dataset, settings, 1)
    steps = len(dataset.train) // settings.batch_size
    return min(row["seconds"] for row in training.history) / steps


def bare(dataset: Dataset, settings: Settings, at_once: int) -> float:
    """Return the seconds of a step where nothing is done but to call the compiled function."""
    with fresh_backend(1):
        work = first_work(tiny(dataset), dataset, settings)
        build_metrics(work.learner, work.batches[0][0], work.batches[1][0])
        batches = tuple(part[:at_once] for part in work.batches)
        run, state = jax.jit(work.function(), donate_argnums=(0,)), work.state
        times = []
        for _ in range(TIMES):
            started = time.perf_counter()
            for _ in range(0, STEPS, at_once):
                state, logs = run(state, work.images, batches)
            jax.block_until_ready(logs)
            times.append((time.perf_counter() - started) / STEPS)
        return min(times)

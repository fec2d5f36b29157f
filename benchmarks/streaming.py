"""What streaming costs: training from a map on the disk, against the same images in memory.

    python benchmarks/streaming.py [--rounds 3] [--epochs 3] [--model cnn7]
    python benchmarks/streaming.py --limit 2000 [--gigabytes 3]

Each way runs in a separate process, in turn (A B A B …), on the same 20,000 images of 32×32×3 of a
mapped file. The first epoch, which compiles, is not counted. Prints images per second (the median
over all counted epochs, the lowest and the highest) and the ratio of the medians.

With ``--limit``, one epoch of `cnn3` on images that are larger than that many megabytes, which is
all the memory of its own that the process may have (``RLIMIT_DATA``; pages of the map can be given
back at any time, and don't count). The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

IMAGES, SIDE, BATCH = 20_000, 32, 64
MEGABYTES = {"in memory": "1000000", "streamed": "1"}
"""The most megabytes of images on the device (``COTEJO_IMAGES_MB``) of each way."""


def write(path: Path, images: int, side: int) -> None:
    """Write a map of noise; beyond the first gigabyte its pixels are 0."""
    shape = (images, side, side, 3)
    made = np.lib.format.open_memmap(path, "w+", np.uint8, shape)
    noisy = min(images, 10**9 // (3 * side * side))
    random = np.random.default_rng(0)
    for start in range(0, noisy, 10_000):
        block = made[start : min(start + 10_000, noisy)]
        block[:] = random.integers(0, 256, block.shape, np.uint8)


def epoch_speeds(path: Path, model: str, epochs: int) -> list[float]:
    """Train on a map and return the images per second of each epoch after the first."""
    from cotejo.config import Settings
    from cotejo.data.dataset import Dataset, Split
    from cotejo.study.run import build_network
    from cotejo.train import fresh_backend, train

    images = np.load(path, mmap_mode="r")
    labels = np.random.default_rng(1).integers(0, 10, len(images), dtype=np.int32)
    every, few = Split(images, labels), Split(np.array(images[:500]), labels[:500])
    names = [str(number) for number in range(10)]
    dataset = Dataset("noise", every, few, few, names, {"method": "own"}, str(path))
    settings = Settings(model=model, epochs=epochs, batch_size=BATCH).resolved()
    moments = [time.perf_counter()]
    with fresh_backend(1):
        network = build_network(settings, every, 10)
        train(network, dataset, settings, 1, on_epoch=lambda _: moments.append(time.perf_counter()))
    return [len(images) / seconds for seconds in np.diff(moments)[1:]]


def in_a_process(path: Path, megabytes: str, arguments: argparse.Namespace, limit: int = 0):
    """Return what `epoch_speeds` returns, computed in a process of its own."""
    words = [sys.executable, __file__, "--child", str(path), "--model", arguments.model]
    words += ["--epochs", str(arguments.epochs), "--limit", str(limit)]
    environment = {**os.environ, "COTEJO_IMAGES_MB": megabytes}
    done = subprocess.run(words, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def compared(arguments: argparse.Namespace, path: Path) -> dict:
    """Train in memory and streamed, in turn."""
    write(path, IMAGES, SIDE)
    speeds = {way: [] for way in MEGABYTES}
    for _ in range(arguments.rounds):
        for way, megabytes in MEGABYTES.items():
            speeds[way] += in_a_process(path, megabytes, arguments)["speeds"]
    for way, known in speeds.items():
        middle = statistics.median(known)
        print(f"{way:10} {middle:8.0f} images/s ({min(known):.0f} to {max(known):.0f})")
    ratio = statistics.median(speeds["streamed"]) / statistics.median(speeds["in memory"])
    print(f"streamed / in memory: {ratio:.3f}")
    return {"model": arguments.model, "speeds": speeds, "ratio": ratio}


def limited(arguments: argparse.Namespace, path: Path) -> dict:
    """Train one epoch on images that are larger than the memory of the process."""
    side = 96
    images = int(arguments.gigabytes * 1e9) // (3 * side * side)
    write(path, images, side)
    arguments.model, arguments.epochs = "cnn3", 1
    started = time.perf_counter()
    in_a_process(path, MEGABYTES["streamed"], arguments, arguments.limit)
    seconds = time.perf_counter() - started
    size = path.stat().st_size // 10**6
    print(f"one epoch on {size} MB of images with {arguments.limit} MB of memory: {seconds:.0f} s")
    return {"images": images, "megabytes": size, "limit": arguments.limit, "seconds": seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--model", default="cnn7")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--gigabytes", type=float, default=3)
    parser.add_argument("--child", type=Path, default=None, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        if arguments.limit:
            most = arguments.limit * 10**6
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        speeds = epoch_speeds(arguments.child, arguments.model, arguments.epochs)
        print(json.dumps({"speeds": speeds}))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npy"
        found = limited(arguments, path) if arguments.limit else compared(arguments, path)
    print(json.dumps(found))


if __name__ == "__main__":
    main()

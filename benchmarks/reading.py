"""How fast a folder of photographs is read, against what the cores can do with Pillow alone.

    COTEJO_DATA=… python benchmarks/reading.py [--pictures 20000] [--rounds 3] [--side 64]

It makes a folder of JPEGs of mixed sizes from CIFAR-10, enlarged, and then, in turn: decodes them
with Pillow alone (`draft` and one resize, a thread per core, nothing kept), and reads them with
Cotejo (into its cache on the disk, copies and classes checked). Then it opens the data set again,
from the cache. The last line is JSON: seconds and pictures per second, medians over the rounds, the
ratio of the two, the size of the cache, and the most memory that a reading process held.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

SIDES = (96, 500)
"""The least and the most pixels of a side."""


def make(folder: Path, count: int) -> None:
    """Write at most 60,000 photographs, 96×96 to 500×500, of other proportions too, quality 90."""
    from cotejo.data import load

    cifar10 = load("cifar10")
    generator = np.random.default_rng(0)
    splits = (cifar10.train, cifar10.valid, cifar10.test)
    images = np.concatenate([split.images for split in splits])
    labels = np.concatenate([split.labels for split in splits])
    names = cifar10.class_names["en"]
    for name in names:
        (folder / name).mkdir(parents=True)
    jobs = [(row, tuple(generator.integers(*SIDES, 2).tolist())) for row in range(count)]

    def write(job: tuple[int, tuple[int, int]]) -> None:
        row, size = job
        image = Image.fromarray(images[row]).resize(size, Image.Resampling.BICUBIC)
        image.save(folder / names[labels[row]] / f"{row}.jpg", quality=90)

    with ThreadPoolExecutor() as threads:
        list(threads.map(write, jobs))


def with_pillow(folder: Path, side: int) -> None:
    """Decode every picture with Pillow alone."""

    def decode(path: Path) -> None:
        with Image.open(path) as opened:
            opened.draft("RGB", (2 * side, 2 * side))
            np.asarray(opened.resize((side, side), Image.Resampling.BOX))

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(decode, folder.rglob("*.jpg"), chunksize=16))


def with_cotejo(folder: Path, side: int) -> None:
    """Read the folder as a study does."""
    from cotejo.config.own_images import OwnImages
    from cotejo.data import load

    dataset = load(folder, images=OwnImages(image_size=side))
    print(len(dataset.train), len(dataset.valid), len(dataset.test), file=sys.stderr)


def decoding_alone(folder: Path, side: int) -> None:
    """Decode every picture with Cotejo, without looking for copies or dealing out."""
    from cotejo.data.own.decoding import decode_all
    from cotejo.data.own.holders import Folder

    holder = Folder(folder)
    names = [file.name for file in holder.files()]
    decode_all(holder, names, np.empty((len(names), side, side, 3), np.uint8), "pad")


STEPS = {"pillow": with_pillow, "decoding": decoding_alone, "cotejo": with_cotejo}


def timed(step: str, folder: Path, side: int) -> tuple[float, float]:
    """Return the seconds and the megabytes of a step in a process of its own."""
    command = [
        sys.executable,
        __file__,
        "--step",
        step,
        "--folder",
        str(folder),
        "--side",
        str(side),
    ]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, megabytes = map(float, output.split())
    return seconds, megabytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pictures", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        started = time.perf_counter()
        STEPS[arguments.step](arguments.folder, arguments.side)
        seconds = time.perf_counter() - started
        status = Path("/proc/self/status").read_text()
        print(seconds, int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1000)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "photographs"
        os.environ["XDG_CACHE_HOME"] = str(Path(temporary) / "cache")
        make(folder, arguments.pictures)
        rows = []
        for _ in range(arguments.rounds):
            row = {step: timed(step, folder, arguments.side) for step in STEPS}
            row["again"] = timed("cotejo", folder, arguments.side)
            cache = Path(temporary) / "cache"
            size = sum(path.stat().st_size for path in cache.rglob("*") if path.is_file())
            shutil.rmtree(cache)
            rows.append(row)
            print({name: [round(value, 1) for value in pair] for name, pair in row.items()})
    seconds = {name: statistics.median(row[name][0] for row in rows) for name in rows[0]}
    summary = {
        "pictures": arguments.pictures,
        "side": arguments.side,
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "decoding_of_pillow_alone": round(
            statistics.median(row["pillow"][0] / row["decoding"][0] for row in rows), 3
        ),
        "cache_mb": round(size / 1e6, 1),
        "most_memory_mb": round(max(row["cotejo"][1] for row in rows)),
    }
    print(json.dumps(summary))


if __name__ == "__main__":
    main()

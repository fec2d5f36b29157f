"""How many pictures a second `cotejo predict` answers, decoding included, and in how much memory.

    COTEJO_DATA=… python benchmarks/predicting.py [--rounds 3] [--pngs 2000] [--jpegs 100]
    COTEJO_DATA=… python benchmarks/predicting.py --many 100000

It makes its pictures itself: PNGs of 32×32, and JPEGs of 12 megapixels (4000×3000, quality 85) with
the fine detail of a photograph. They show what the test images of CIFAR-10 do; without
``COTEJO_DATA`` they are noise, of which the network is always unsure, so that it takes six views of
each. In a process of its own per round, each kind goes through `Classifier.predict_stream`, once
all is compiled; then it is decoded alone, and the network alone looks at as many images, which
shows what holds it up. ``--model`` names another model than the one that ships.

With ``--many``, one folder has that many links to the PNGs, and the memory after a tenth of them is
compared with the most after all. The last line is JSON: medians over the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

DIFFERENT = 12
"""The JPEGs that are made; the others are copies."""

WARM_UP = 512
"""The pictures that go through before the clock starts: one part of the stream."""


def small_images(count: int) -> np.ndarray:
    """Return images ``[count, 32, 32, 3]``: those of CIFAR-10's test set, or noise."""
    if os.environ.get("COTEJO_DATA"):
        from cotejo.data import load

        images = load("cifar10").test.images
        return images[np.arange(count) % len(images)]
    generator = np.random.default_rng(0)
    return np.stack([noise(generator, 32, 32, 4) + 128 for _ in range(count)]).clip(0, 255)


def make_pngs(folder: Path, count: int) -> None:
    """Write PNGs of 32×32."""
    folder.mkdir(parents=True)
    for number, image in enumerate(small_images(count)):
        Image.fromarray(image.astype(np.uint8)).save(folder / f"{number:06}.png")


def make_jpegs(folder: Path, count: int) -> None:
    """Write JPEGs of 12 megapixels: some different ones, each as often as it takes."""
    folder.mkdir(parents=True)
    fine = noise(np.random.default_rng(0), 3000, 4000, 256)
    for number, image in enumerate(small_images(min(count, DIFFERENT))):
        large = Image.fromarray(image.astype(np.uint8)).resize((4000, 3000))
        detailed = Image.fromarray((np.asarray(large) + fine).clip(0, 255).astype(np.uint8))
        detailed.save(folder / f"{number:06}.jpg", quality=85)
    for number in range(DIFFERENT, count):
        source = folder / f"{number % DIFFERENT:06}.jpg"
        (folder / f"{number:06}.jpg").write_bytes(source.read_bytes())


def noise(generator: np.random.Generator, height: int, width: int, coarsest: int) -> np.ndarray:
    """Return grey noise ``[height, width, 1]`` around 0, each finer scale a little fainter.

    Photographs have such contrasts at every scale. The JPEGs of it have some 2.5 MB.
    """
    grey, side = np.zeros((height, width), np.float32), coarsest
    while side < 2 * max(height, width):
        scale = min(1, side / max(height, width))
        shape = (max(1, round(scale * height)), max(1, round(scale * width)))
        drawn = Image.fromarray(generator.standard_normal(shape, np.float32))
        large = drawn.resize((width, height), Image.Resampling.BILINEAR)
        grey += np.asarray(large) * 40 / side**0.25
        side *= 2
    return grey[..., None] + np.zeros(3, np.float32)


def measure(folder: Path, model: str | None) -> dict[str, float]:
    """Return pictures a second in all, of decoding, and of the network; percent; and megabytes."""
    from cotejo.inference import Classifier
    from cotejo.inference.streaming import decode_stream
    from cotejo.train import predict_logits

    classifier = Classifier.load(model)
    paths = sorted(folder.iterdir())
    some = np.stack([picture for _, picture in decode_stream(classifier, paths[:WARM_UP])])
    images = some[np.arange(WARM_UP) % len(some)]
    classifier.predict(images)  # compiles
    ranked = np.sort(predict_logits(classifier.network, images), axis=1)
    unsure = float((ranked[:, -1] - ranked[:, -2] < classifier.margin).mean())
    seconds = {}
    started = time.perf_counter()
    count = sum(1 for _ in classifier.predict_stream(paths))
    seconds["in_all"] = time.perf_counter() - started
    started = time.perf_counter()
    assert sum(1 for _ in decode_stream(classifier, paths)) == count  # noqa: S101
    seconds["decoding"] = time.perf_counter() - started
    rates = {name: count / value for name, value in seconds.items()}
    started = time.perf_counter()
    classifier.predict(images)
    rates["network"] = len(images) / (time.perf_counter() - started)
    return {**rates, "unsure": 100 * unsure, "most_mb": peak()}


def many(folder: Path, model: str | None) -> dict[str, float]:
    """Return the memory after a tenth of a folder of very many, and after all; and the rate."""
    from cotejo.inference import Classifier
    from cotejo.inference.pictures import find_pictures

    classifier = Classifier.load(model)
    total = sum(1 for _ in folder.iterdir())
    started = time.perf_counter()
    after_a_tenth = 0.0
    for number, _ in enumerate(classifier.predict_stream(find_pictures([str(folder)])), 1):
        if number == total // 10:
            after_a_tenth = peak()
        if number % 10_000 == 0:
            print(number, peak(), file=sys.stderr, flush=True)
    seconds = time.perf_counter() - started
    return {"a_tenth_mb": after_a_tenth, "all_mb": peak(), "in_all": number / seconds}


def peak() -> float:
    """Return the most memory that this process has held, in megabytes."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1000 if found else 0.0


def apart(step: str, folder: Path, model: str | None) -> dict[str, float]:
    """Return what a step measures in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder)]
    command += ["--model", model] if model else []
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return dict(json.loads(output.splitlines()[-1]))


def rounds_of(folder: Path, model: str | None, rounds: int) -> Iterator[dict[str, float]]:
    for _ in range(rounds):
        row = apart("measure", folder, model)
        print(folder.name, {name: round(value, 1) for name, value in row.items()}, flush=True)
        yield row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pngs", type=int, default=2_000)
    parser.add_argument("--jpegs", type=int, default=100)
    parser.add_argument("--many", type=int, default=0)
    parser.add_argument("--model")
    parser.add_argument("--step", choices=["measure", "many"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        step = {"measure": measure, "many": many}[arguments.step]
        print(json.dumps(step(arguments.folder, arguments.model)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        top = Path(temporary)
        make_pngs(top / "pngs", arguments.pngs)
        summary: dict[str, dict[str, float]] = {}
        if arguments.many:
            (top / "many").mkdir()
            for number in range(arguments.many):
                source = top / "pngs" / f"{number % arguments.pngs:06}.png"
                os.link(source, top / "many" / f"{number:06}.png")
            summary["many"] = apart("many", top / "many", arguments.model)
        else:
            make_jpegs(top / "jpegs", arguments.jpegs)
            size = (top / "jpegs" / "000000.jpg").stat().st_size
            print(f"a JPEG has {size / 1e6:.1f} MB", flush=True)
            for kind in ("pngs", "jpegs"):
                rows = list(rounds_of(top / kind, arguments.model, arguments.rounds))
                summary[kind] = {
                    name: round(statistics.median(row[name] for row in rows), 1) for name in rows[0]
                }
        print(json.dumps(summary))


if __name__ == "__main__":
    main()

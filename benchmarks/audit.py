"""What the audit of a dataset finds, what it costs, and how far it can be trusted.

    python benchmarks/audit.py [cifar10] [--features FILE] [--known FILE] [--sheets FOLDER]

Prints the seconds, the processor seconds, the peak memory and the counts of what was found. The
last line is JSON.

``--features`` is an ``.npy`` file with one row of a model's features per image, in the order train,
valid, test. ``--known`` is a published list of duplicates with the columns TestID, TrainID and
Judgment, such as ciFAIR's ``duplicates_cifar10.csv`` (Barz and Denzler 2020); the number of them
that were found is printed. ``--sheets`` writes a random sample of the pairs found across train and
test, side by side, to be judged by eye: 40 pairs of each score from 0.75 in steps of 0.05, and 120
of 0.9 and more.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

STRATA = ((0.75, 0.8, 40), (0.8, 0.85, 40), (0.85, 0.9, 40), (0.9, 1.01, 120))
COLUMNS, ENLARGED, SEED = 8, 3, 7


def recall(audit, dataset, known: Path) -> dict:
    """Return how many of the pairs listed as near-duplicates (judgement 0 or 1) are found."""
    train_images = len(dataset.train)
    pairs = {
        (issue.index, issue.partner + (train_images if issue.partner_split == "valid" else 0))
        for issue in audit.leaks
    }
    with known.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if int(row["Judgment"]) <= 1]
    listed = [(int(row["TestID"]), int(row["TrainID"])) for row in rows]
    images = {index for index, _ in pairs}
    return {
        "listed": len(listed),
        "pairs_found": sum(pair in pairs for pair in listed),
        "test_images_found": sum(index in images for index, _ in listed),
    }


def sheets(audit, dataset, folder: Path) -> dict:
    """Write one sheet per stratum of scores, and return the number of pairs in each stratum."""
    folder.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(SEED)
    sizes = {}
    for low, high, count in STRATA:
        own = [issue for issue in audit.leaks if low <= issue.score < high]
        chosen = generator.choice(len(own), min(count, len(own)), replace=False)
        sizes[str(low)] = len(own)
        sheet([own[index] for index in chosen], dataset, folder / f"{round(100 * low)}.png")
    return sizes


def sheet(issues, dataset, path: Path) -> None:
    from PIL import Image, ImageDraw

    side = 32 * ENLARGED
    rows = -(-len(issues) // COLUMNS)
    picture = Image.new("RGB", (COLUMNS * (2 * side + 10), rows * (side + 16)), "white")
    draw = ImageDraw.Draw(picture)
    for place, issue in enumerate(issues):
        left, top = place % COLUMNS * (2 * side + 10), place // COLUMNS * (side + 16)
        both = (
            dataset.test.images[issue.index],
            getattr(dataset, issue.partner_split).images[issue.partner],
        )
        for position, pixels in enumerate(both):
            large = Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC)
            picture.paste(large, (left + position * (side + 1), top))
        draw.text((left, top + side + 1), f"{place + 1}: {issue.score:.2f}", fill="black")
    picture.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", default="cifar10")
    parser.add_argument("--features", type=Path)
    parser.add_argument("--known", type=Path)
    parser.add_argument("--sheets", type=Path)
    arguments = parser.parse_args()

    from cotejo.data import load
    from cotejo.data.audit import audit_dataset

    dataset = load(arguments.data)
    features = None if arguments.features is None else np.load(arguments.features)
    started, used = time.perf_counter(), time.process_time()
    audit = audit_dataset(dataset, features)
    result = {
        "seconds": round(time.perf_counter() - started, 1),
        "processor_seconds": round(time.process_time() - used, 1),
        # Kilobytes on Linux, bytes on macOS. It includes the dataset, which was loaded before.
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        >> (20 if sys.platform == "darwin" else 10),
        "counts": audit.counts(),
        "method": audit.about["method"],
        "differently_labelled": audit.about["differently_labelled"],
    }
    if arguments.known:
        result["known"] = recall(audit, dataset, arguments.known)
    if arguments.sheets:
        result["strata"] = sheets(audit, dataset, arguments.sheets)
    for name, value in result.items():
        print(f"{name}: {value}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()

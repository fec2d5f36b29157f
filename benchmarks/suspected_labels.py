"""How many of the labels that a study's networks suspect were judged wrong by people.

    python benchmarks/suspected_labels.py FOLDER REVIEWED

``FOLDER`` is a finished study of CIFAR-10. ``REVIEWED`` is a list of test images that Northcutt,
Athalye and Mueller (2021, arXiv 2103.14749) showed to five people each: ``cifar10_mturk.json`` of
their label-errors. A label counts as wrong if fewer than three of the five would give it. Prints,
for the best alternative alone, with each of its seeds and with their mean, and for the mean over
all alternatives, how many test labels are suspected, how many of the suspected labels were
reviewed, and how many of them were judged wrong; and how many wrong ones are among the 300 images
whose label has the lowest probability, suspected or not. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

LEAST_PROBABLE = 300


def judged(labels, chances, wrong: set[int], reviewed: set[int]) -> dict:
    from cotejo.evaluate import suspected_labels

    suspected = set(suspected_labels(labels, chances)[0].tolist())
    ranked = np.argsort(chances[np.arange(len(labels)), labels], kind="stable")[:LEAST_PROBABLE]
    return {
        "accuracy": round(float((chances.argmax(axis=1) == labels).mean()), 4),
        "suspected": len(suspected),
        "reviewed": len(suspected & reviewed),
        "found_wrong": len(suspected & wrong),
        f"wrong_of_{LEAST_PROBABLE}_least_probable": len(set(ranked.tolist()) & wrong),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("reviewed", type=Path)
    arguments = parser.parse_args()

    from cotejo.facts import best_alternative, gather

    rows = json.loads(arguments.reviewed.read_text(encoding="utf-8"))
    reviewed = {row["id"] for row in rows}
    wrong = {row["id"] for row in rows if row["mturk"]["given"] < 3}
    facts = gather(arguments.folder)
    best = best_alternative(facts).name
    means, seeds = {}, {}
    for alternative in facts.trained:
        predictions = [run.predictions for run in alternative.finished]
        labels = predictions[0]["test_labels"]
        of_seeds = [of_seed["test_probabilities"] for of_seed in predictions]
        means[alternative.name] = np.mean(of_seeds, axis=0)
        if alternative.name == best:
            seeds = {
                f"best ({best}), seed {run.record['seed']}": judged(
                    labels, chances, wrong, reviewed
                )
                for run, chances in zip(alternative.finished, of_seeds, strict=True)
            }
    result = {
        "reviewed": len(reviewed),
        "found_wrong": len(wrong),
        **seeds,
        f"best ({best})": judged(labels, means[best], wrong, reviewed),
        "mean of all": judged(labels, np.mean(list(means.values()), axis=0), wrong, reviewed),
    }
    for name, value in result.items():
        print(f"{name}: {value}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()

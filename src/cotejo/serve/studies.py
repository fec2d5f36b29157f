"""The studies in folders, as a page shows them: read from their files, each time it asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import OutputError
from cotejo.facts import AlternativeFacts, StudyFacts, best_alternative, gather_records
from cotejo.report.naming import study_title
from cotejo.report.words import Words
from cotejo.serve.limits import Refusal
from cotejo.serve.stamps import Stamp, stamp
from cotejo.store import (
    ReportFile,
    RunFile,
    RunFolder,
    StudyFile,
    StudyFolder,
    numbered,
    read_csv,
    training_progress,
)

__all__ = ["Mistake", "ServedStudy", "Studies"]

_DEEPEST = 3
"""How many folders below a given one a study is looked for."""


@dataclass(frozen=True)
class Mistake:
    """A test image that a run misread, of those that it keeps.

    Attributes:
        position: its place in ``mistakes.npz``.
        index: its place in the test set.
        label: its class.
        predicted: the class that the run gave it.
        probability: of that class; None where classes alone are known.
    """

    position: int
    index: int
    label: int
    predicted: int
    probability: float | None


@dataclass(frozen=True)
class ServedStudy:
    """One study under its name here.

    Attributes:
        name: in addresses; no other study has it.
        folder: the study's.
    """

    name: str
    folder: Path

    @property
    def files(self) -> StudyFolder:
        """Its files, read anew: it may be training."""
        return StudyFolder(self.folder)

    def facts(self) -> StudyFacts:
        """Return how its runs ended so far."""
        return gather_records(self.folder)

    def title(self, language: str) -> str:
        """Return what its report is called; its name if its files can't be read."""
        try:
            return study_title(self.facts(), Words(language))
        except OutputError:
            return self.name

    def progress(self) -> dict[str, Any] | None:
        """Return how far it is; None if it is not training."""
        return training_progress(self.folder)

    def about(self, language: str) -> dict[str, Any]:
        """Return what the list of studies says of it."""
        return self._about(self.facts(), language)

    def _about(self, facts: StudyFacts, language: str) -> dict[str, Any]:
        words, best, progress = Words(language), _best(facts), self.progress()
        return {
            "study": self.name,
            "title": study_title(facts, words),
            "data": words.data_name(str(facts.study["data"])),
            "alternatives": len(facts.alternatives),
            "asked": facts.asked,
            "finished": len(facts.finished),
            "failed": len(facts.failed),
            "training": progress is not None,
            "searches": [] if progress is None else [_counted(s) for s in progress["searches"]],
            "best": None
            if best is None
            else {"label": best.label(language), "test_accuracy": best.mean("test", "accuracy")},
            "has_report": (self.folder / ReportFile.PAGE).is_file(),
        }

    def details(self, language: str) -> dict[str, Any]:
        """Return what its page says of it: the alternatives, their runs, the comparisons."""
        facts = self.facts()
        best = _best(facts)
        return {
            **self._about(facts, language),
            "classes": self.class_names(language),
            "best_name": None if best is None else best.name,
            "table": [_row(each, language) for each in facts.alternatives],
            "comparisons": self._comparisons(),
            "runs": [
                {"alternative": each.name, "seed": int(run.record["seed"])}
                for each in facts.trained
                for run in each.finished
            ],
        }

    def class_names(self, language: str) -> list[str]:
        """Return the names of its classes; none where its data is not known yet."""
        try:
            names = self.files.data["class_names"]
        except OutputError:
            return []
        return list(names.get(language) or names["en"])

    def curves(self) -> list[dict[str, Any]]:
        """Return the histories of the finished runs, and of those that train."""
        curves = [
            {"alternative": each.name, "seed": int(run.record["seed"]), "history": run.history}
            for each in self.facts().trained
            for run in each.finished
            if run.has_history
        ]
        progress = self.progress()
        running = progress["running"] if progress else ()
        return curves + [
            {name: each[name] for name in ("alternative", "seed", "history")}
            for each in running
            if each["history"] and each["history"][0]["epoch"] == 1
        ]

    def run(self, alternative: str, seed: int) -> RunFolder:
        """Return a finished run.

        Raises:
            Refusal: 404 if there is none.
        """
        known = _runs.get((self.folder, alternative, seed))
        if known is not None and known[1] == stamp(known[0].path / RunFile.RECORD):
            return known[0]
        for each in self.facts().trained:
            for run in each.finished if each.name == alternative else ():
                if run.record["seed"] == seed:
                    _keep(self.folder, alternative, seed, run)
                    return run
        raise Refusal(404, "no_run")

    def mistakes(self, alternative: str, seed: int) -> list[Mistake]:
        """Return the mistakes that a run keeps, the surest first.

        Raises:
            Refusal: 404 if there is no such run.
            OutputError: a file of it is damaged.
        """
        run = self.run(alternative, seed)
        indices, labels, predicted, chances = _mistakes(run.path, str(run.key))
        return [
            Mistake(
                position,
                int(index),
                int(labels[position]),
                int(predicted[position]),
                float(chances[position]) if run.has_probabilities else None,
            )
            for position, index in enumerate(indices)
        ]

    def mistake_image(self, alternative: str, seed: int, position: int) -> NDArray[np.uint8]:
        """Return one of the images of `mistakes`."""
        run = self.run(alternative, seed)
        images = _images(run.path, str(run.key))
        if not 0 <= position < len(images):
            raise Refusal(404, "no_image")
        image: NDArray[np.uint8] = images[position]
        return image

    def _comparisons(self) -> list[dict[str, Any]]:
        path = self.folder / ReportFile.COMPARISONS
        if not path.is_file():
            return []
        return [{name: _value(name, text) for name, text in row.items()} for row in read_csv(path)]


class Studies:
    """The studies in some folders, looked up whenever they are asked for: new ones appear.

    Args:
        roots: folders of studies, or of folders of them.
    """

    def __init__(self, roots: Sequence[Path] = ()) -> None:
        self._roots = [path.resolve() for path in roots]
        self._known: dict[str, ServedStudy] = {}

    def __bool__(self) -> bool:
        return bool(self._roots)

    def __iter__(self) -> Iterator[ServedStudy]:
        """Look them up, by name; the second of a name is called ``name-2``."""
        found: dict[str, ServedStudy] = {}
        for folder in dict.fromkeys(path for root in self._roots for path in _studies_in(root, 0)):
            name = next(each for each in numbered(folder.name) if each not in found)
            found[name] = ServedStudy(name, folder)
        self._known = found
        return iter(found.values())

    def find(self, name: str) -> ServedStudy:
        """Return a study by its name.

        Raises:
            Refusal: 404 if there is none.
        """
        # A page asks for hundreds of images of one study: the folders are not walked for each.
        known = self._known.get(name)
        if known is not None and (known.folder / StudyFile.RECORD).is_file():
            return known
        for study in self:
            if study.name == name:
                return study
        raise Refusal(404, "no_study", name=name[:200])


def _studies_in(folder: Path, depth: int) -> Iterator[Path]:
    if (folder / StudyFile.RECORD).is_file():
        yield folder
        return
    if depth == _DEEPEST:
        return
    try:
        inner = sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:  # a folder of somebody else's among them
        return
    for path in inner:
        if not path.name.startswith("."):
            yield from _studies_in(path, depth + 1)


def _counted(search: Mapping[str, Any]) -> dict[str, Any]:
    """Return how far a search is: its trials by how they ended, and the best accuracy so far."""
    ended = [trial["status"] for trial in search["ended"]]
    best = {trial["number"]: trial["valid_accuracy"] for trial in search["ended"]}
    return {
        "search": search["search"],
        "trials": search["trials"],
        "ended": len(ended),
        "stopped": ended.count("stopped"),
        "failed": ended.count("failed"),
        "running": len(search["running"]),
        "best": best.get(search["best"]),
    }


def _best(facts: StudyFacts) -> AlternativeFacts | None:
    choosable = [each for each in facts.trained if each.has_validation]
    return best_alternative(facts) if choosable else None


def _row(alternative: AlternativeFacts, language: str) -> dict[str, Any]:
    model = alternative.model
    row: dict[str, Any] = {
        "name": alternative.name,
        "label": alternative.label(language),
        "changes": {
            name: str(value) for name, value in (alternative.entry.get("changes") or {}).items()
        },
        "parameters": int(model["parameters"]) if model else None,
        "finished": len(alternative.finished),
        "failed": len(alternative.failed),
        "valid_accuracy": None,
        "test_accuracy": None,
        "spread": None,
        "seconds": None,
    }
    if alternative.finished:
        row |= {
            "valid_accuracy": alternative.known_mean("valid", "accuracy"),
            "test_accuracy": alternative.mean("test", "accuracy"),
            "spread": alternative.spread("test", "accuracy"),
            "seconds": alternative.mean_timing("train_seconds"),
        }
    return row


_NUMBERS = ("difference", "low", "high", "level")


def _value(name: str, text: str) -> str | float | None:
    if name not in _NUMBERS:
        return text
    try:
        return float(text)
    except ValueError:
        return None


_runs: dict[tuple[Path, str, int], tuple[RunFolder, Stamp]] = {}
"""The runs that were asked for last, each with what its ``run.json`` was then."""

_MOST_RUNS = 32


def _keep(folder: Path, alternative: str, seed: int, run: RunFolder) -> None:
    if len(_runs) >= _MOST_RUNS:
        _runs.clear()
    _runs[folder, alternative, seed] = run, stamp(run.path / RunFile.RECORD)


@lru_cache(maxsize=8)
def _mistakes(path: Path, key: str) -> tuple[Any, Any, Any, Any]:
    """Return of the kept mistakes of a run: indices, labels, predictions, probabilities."""
    run = RunFolder(path)
    arrays: Mapping[str, NDArray[Any]] = run.predictions
    indices = run.mistakes["indices"]
    labels, chances = arrays["test_labels"], arrays["test_probabilities"]
    if len(indices) and indices.max() >= len(labels):
        raise Refusal(404, "no_image")
    own = chances[indices]
    return indices, labels[indices], own.argmax(axis=1), own.max(axis=1, initial=0.0)


@lru_cache(maxsize=4)
def _images(path: Path, key: str) -> NDArray[np.uint8]:
    images: NDArray[np.uint8] = RunFolder(path).mistakes["images"]
    return images

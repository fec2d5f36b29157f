"""What a study's searches found, and their trials, from the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cotejo.errors import OutputError
from cotejo.facts.alternative import AlternativeFacts
from cotejo.store import read_trial, trial_folder

__all__ = ["SearchFacts", "search_facts"]


@dataclass(frozen=True)
class SearchFacts:
    """A search that came to its end.

    Attributes:
        entry: what ``study.json`` says of it.
        alternative: the one that has what was found.
        trials: those whose files are whole, by number.
    """

    entry: Mapping[str, Any]
    alternative: AlternativeFacts
    trials: tuple[Mapping[str, Any], ...]

    @property
    def settings(self) -> list[str]:
        """The names of the settings that were searched."""
        return list(self.entry["space"])

    @property
    def found(self) -> Mapping[str, Any] | None:
        """The values of the best trial; None if none finished."""
        found: Mapping[str, Any] | None = self.entry["found"]
        return found

    @cached_property
    def best(self) -> Mapping[str, Any] | None:
        """The best trial; None if none finished, or its file is gone."""
        number = self.entry["number"]
        return next((trial for trial in self.trials if trial["number"] == number), None)

    @property
    def follows_good_trials(self) -> bool:
        """Whether later trials were drawn where trials were good before (TPE)."""
        return bool(self.entry["sampler"] == "tpe")

    @property
    def is_independent(self) -> bool:
        """Whether its trials were drawn independently, and all trained to their end."""
        return not self.follows_good_trials and not self.entry["prune"]

    @property
    def missing(self) -> int:
        """How many trials have no whole file."""
        return len(self.entry["keys"]) - len(self.trials)

    def count(self, status: str) -> int:
        """Return how many trials ``finished``, were ``stopped`` or ``failed``."""
        return sum(trial["status"] == status for trial in self.trials)

    def is_log(self, setting: str) -> bool:
        """Return whether a setting was drawn over its logarithm."""
        space = self.entry["space"][setting]
        return isinstance(space, Mapping) and bool(space.get("log"))

    def fresh_accuracies(self) -> list[float]:
        """Return the validation accuracies of the alternative's runs, judged as its trials were.

        There is one per finished seed: that of the epoch whose weights were kept.
        """
        runs = self.alternative.finished
        best = [(run, int(run.record.get("best_epoch") or len(run.history))) for run in runs]
        return [float(run.history[epoch - 1]["valid_accuracy"]) for run, epoch in best]


def search_facts(
    folder: Path, study: Mapping[str, Any], alternatives: tuple[AlternativeFacts, ...]
) -> list[SearchFacts]:
    """Return the searches of a study that came to their end.

    Args:
        folder: the study's.
        study: ``study.json``.
        alternatives: the study's.
    """
    by_name = {each.name: each for each in alternatives}
    return [
        SearchFacts(entry, by_name[entry["name"]], _trials(folder, entry))
        for entry in study.get("searches", ())
        if entry.get("keys")
    ]


def _trials(folder: Path, entry: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    read = (
        _trial(trial_folder(folder, entry["name"], number), key)
        for number, key in enumerate(entry["keys"], 1)
    )
    return tuple(trial for trial in read if trial is not None)


def _trial(folder: Path, key: str) -> Mapping[str, Any] | None:
    """Return a trial; None if it is not there, is another one, or is damaged."""
    try:
        trial = read_trial(folder)
    except OutputError:
        return None  # counted as missing: the report says how many are
    return trial if trial is not None and trial["key"] == key else None

"""Whether the searches of a study found what their trials say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cotejo.errors import OutputError
from cotejo.store import StudyFile, StudyFolder, damaged, read_trial, trial_folder
from cotejo.verify.finding import Finding

__all__ = ["search_findings"]


def search_findings(study: StudyFolder) -> Iterator[Finding]:
    """Say of each search whether its trials are whole, and whether the best of them was taken."""
    for position, entry in enumerate(study.study.get("searches", ())):
        if not entry.get("keys"):
            continue
        trials, missing = [], 0
        for number, key in enumerate(entry["keys"], 1):
            try:
                trial = read_trial(trial_folder(study.path, entry["name"], number))
            except OutputError as error:
                yield Finding("error", "verify.broken", {"reason": error}, error)
                continue
            if trial is None or trial["key"] != key:
                missing += 1
            else:
                trials.append(trial)
        if missing:
            values = {"name": entry["name"], "count": missing}
            yield Finding("warning", "searching.trials_missing", values)
        elif (wrong := _disagreement(entry, trials)) is not None:
            field = f"searches.{position}.{wrong}"
            disagrees = damaged(study.path / StudyFile.RECORD, field, entry[wrong])
            yield Finding("error", "verify.broken", {"reason": disagrees}, disagrees)
        else:
            values = {"name": entry["name"], "count": len(trials)}
            yield Finding("ok", "searching.trials_whole", values)


def _disagreement(entry: Mapping[str, Any], trials: list[dict[str, Any]]) -> str | None:
    """Return what a search says that its trials do not; None if they agree."""
    if len(trials) < len(entry["keys"]):
        return None  # one is damaged, which has been said
    finished = [trial for trial in trials if trial["status"] == "finished"]
    best = max(finished, key=lambda trial: trial["valid_accuracy"], default=None)
    if entry["number"] != (best and best["number"]):
        return "number"
    return None if entry["found"] == (best and best["values"]) else "found"

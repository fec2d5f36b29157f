"""The runs of a study that were added: found in its folder, and listed in ``study.json``.

Each run says itself that it was added, so that the list can be written anew at any time.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cotejo.errors import OutputError
from cotejo.store import RunFile, RunFolder, StudyFile, StudyFolder, write_json

__all__ = ["added_entries", "added_runs", "list_added"]


def added_entries(
    folder: Path, fingerprint: str, taken: Iterable[str], declared: Iterable[str] = ()
) -> tuple[list[dict[str, Any]], dict[str, dict[str, str]]]:
    """Return what ``study.json`` says of the runs that were added, in the order of their adding.

    The runs themselves say that they were added, so that they stay whenever the file is written
    anew. Runs of other images are left out, as everywhere.

    Args:
        folder: the study's.
        fingerprint: that of its images.
        taken: the names of the alternatives that it trains itself.
        declared: names that its file announces; each has an entry before it has a run.

    Returns:
        The entries of ``alternatives``, and those of ``keys``.
    """
    names = dict.fromkeys(taken)
    keys: dict[str, dict[str, str]] = {name: {} for name in declared}
    for run in added_runs(folder, fingerprint):
        name = str(run.record["alternative"])
        if name not in names:
            keys.setdefault(name, {})[str(run.record["seed"])] = str(run.key)
    entries: list[dict[str, Any]] = [
        {
            "name": name,
            "label": None,
            "added": True,
            "seeds": sorted(map(int, seeds)),
            "changes": {},
            "settings": {},
        }
        for name, seeds in keys.items()
    ]
    return entries, keys


def added_runs(folder: Path, fingerprint: str) -> list[RunFolder]:
    """Return the runs in a study's folder that were added, of these images, the earliest first."""
    found = []
    for path in folder.glob(f"*/seed-*/{RunFile.RECORD}"):
        run = RunFolder(path.parent)
        try:
            record = run.record
        except OutputError:
            continue  # whose it was can't be told any more
        of_data = (record.get("dataset") or {}).get("fingerprint") == fingerprint
        named = record["alternative"] == path.parent.parent.name
        if run.is_added and of_data and named:
            found.append(run)
    return sorted(found, key=lambda run: (run.record.get("finished") or "", run.path.parts))


def list_added(folder: Path) -> None:
    """Write the runs that were added into ``study.json``."""
    study = StudyFolder(folder)
    content = dict(study.study)
    own = [entry for entry in content["alternatives"] if not entry.get("added")]
    listed = [entry["name"] for entry in content["alternatives"] if entry.get("added")]
    names = [entry["name"] for entry in own]
    entries, keys = added_entries(folder, str(study.data.get("fingerprint")), names, listed)
    known = {name: content["keys"][name] for name in names if name in content.get("keys", {})}
    content |= {"alternatives": [*own, *entries], "keys": {**known, **keys}}
    write_json(folder / StudyFile.RECORD, content)

"""``study.json`` and ``study.toml``: what was asked for, and how to ask for it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cotejo.config import Claim, StudyConfig
from cotejo.data import Dataset, find_source
from cotejo.store import FORMAT, described_content, write_file, write_json

__all__ = ["write_study"]


def write_study(
    folder: Path,
    config: StudyConfig,
    asked: StudyConfig,
    dataset: Dataset,
    keys: Mapping[tuple[str, int], str],
    quick: bool,
    command: str,
) -> None:
    """Write what a study is, resolved, before anything of it is trained.

    Args:
        folder: the study's.
        config: resolved, and cut down where it is a quick look.
        asked: the same, not cut down.
        dataset: what it trains on, which may be a fallback.
        keys: each run's key, by alternative and seed: a report counts runs of these alone.
        quick: whether this is a quick look.
        command: what repeats it.
    """
    # A path says where the data is, not what it is.
    requested = config.data if find_source(config.data) else dataset.name
    content: dict[str, Any] = {
        "format": FORMAT,
        "name": config.name,
        "title": config.title,
        "data": dataset.name,
        "requested_data": requested,
        "quick": quick,
        "final": dataset.split.get("method") == "final",
        "seeds": list(config.seeds),
        "alternatives": [
            {
                "name": alternative.name,
                "label": alternative.label,
                "changes": alternative.changes,
                "settings": alternative.settings.flat(),
            }
            for alternative in config.alternatives
        ],
        "claims": [_claim(claim) for claim in config.claims],
        "keys": {
            alternative.name: {str(seed): keys[alternative.name, seed] for seed in config.seeds}
            for alternative in config.alternatives
        },
        "command": command,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    toml = asked.to_toml().encode()
    # First: without it, the folder of a process that was killed here would be nobody's.
    listed = {"study.toml": described_content(toml)}
    write_json(folder / "study.json", {**content, "files": listed})
    write_file(folder / "study.toml", toml)


def _claim(claim: Claim) -> dict[str, Any]:
    # A list of alternatives or a number, each under its own name, for whoever reads it.
    others = list(claim.others) or None
    return {**claim.model_dump(), "than": others, "value": claim.value}

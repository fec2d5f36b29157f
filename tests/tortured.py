"""The studies that `torture.py` kills, and the process that trains one of them.

Each is small, and together they have every feature whose state must survive.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["CASES", "Case", "start", "train"]

_MLP = {"model": "mlp", "precision": "float32", "batch_size": 50}
_CNN = {"model": "cnn", "convolutions": 1, "dropout": 0.3, "batch_norm": True}
_STAGED = {
    "model": "airbench",
    "width": 4,
    "optimizer": "muon",
    "schedule": "linear",
    "augment": "alternating-flip-crop-cutout",
    "small_epochs": 1,
    "hard_epochs": 2,
}
_AMPLE = 1e6
"""Seconds of a budget that no training uses up: the clock is kept, and decides nothing."""

_BACK = 2 * 24 * 60 * 60
"""Seconds by which a clock is set back."""


@dataclass(frozen=True)
class Case:
    """A study that is killed.

    Attributes:
        study: as ``study.toml`` has it.
        options: of `cotejo.Study.run`.
        has_checkpoints: whether its runs go on, and do not begin anew.
    """

    study: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)
    has_checkpoints: bool = True


_FEATURES: dict[str, Any] = {
    "data": "digits",
    "base": {**_MLP, "batch_size": 10, "train_fraction": 0.5, "epochs": 6},
    "alternative": [
        {"name": "stopping", "early_stopping": 1, "epochs": 30, "learning_rate": 0.02},
        {"name": "going-on", "start_from": "stopping", "learning_rate": 1e-4},
        {"name": "averaged", "average": "ema", "augment": "notebook", **_CNN},
        {"name": "staged", **_STAGED},
    ],
}
CASES: dict[str, Case] = {
    "features": Case(_FEATURES),
    "folds": Case(
        {
            "data": "digits",
            "folds": 3,
            "base": {
                **_MLP,
                "batch_size": 10,
                "epochs": 5,
                "optimizer": "adamw",
                "schedule": "cosine",
            },
            "alternative": [{"name": "mixed", "augment": "mixup", "class_weight": "balanced"}],
        }
    ),
    "on two workers": Case(_FEATURES, {"workers": 2}),
    "looks": Case(
        {
            "data": "digits",
            "seeds": 3,
            "base": {**_MLP, "batch_size": 10, "epochs": 2, "train_fraction": 0.5},
            "alternative": [{"name": "plain"}, {"name": "averaged", "average": "ema"}],
            "claim": [
                {
                    "text": "Averaging helps",
                    "metric": "test_accuracy",
                    "better": "averaged",
                    "than": "plain",
                }
            ],
        },
        {"until_settled": True, "runs": 10},
    ),
    "search": Case(
        {
            "data": "digits",
            "base": {**_MLP, "batch_size": 10, "epochs": 5},
            "alternative": [{"name": "plain", "epochs": 1}],
            "search": [
                {
                    "name": "tuned",
                    "trials": 7,
                    "learning_rate": {"low": 1e-4, "high": 1.0, "log": True},
                }
            ],
        }
    ),
    "on time": Case(
        {
            "data": "digits",
            "base": {**_MLP, "batch_size": 10, "epochs": 20},
            "alternative": [{"name": "by-the-clock"}],
        },
        {"deadline": _AMPLE},
        has_checkpoints=False,
    ),
}
"""The studies. Of ``on time`` the key says that the clock had a say, and its run begins anew."""


def start(case: Case, folder: Path, *, set_back: bool = False) -> subprocess.Popen[bytes]:
    """Start a process that trains a case.

    Args:
        case: the case.
        folder: the study's.
        set_back: whether its clock is two days behind.
    """
    given = {"study": case.study, "options": case.options, "set_back": set_back}
    words = [sys.executable, __file__, json.dumps(given), str(folder)]
    source = str(Path(__file__).parents[1] / "src")
    paths = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH", "")]))
    return subprocess.Popen(
        words,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
    )


def train(study: dict[str, Any], options: dict[str, Any], folder: Path) -> int:
    """Train a study in this process, as the command line would, but without its report."""
    from cotejo import stopping

    stopping.listen()
    try:
        from cotejo.config import StudyConfig
        from cotejo.errors import CotejoError
        from cotejo.study import Study, execution, timing

        # The look at the mistakes and the timing of steps are not what is tortured.
        execution.look_back = lambda *given, **options: None
        timing.TIMED_SECONDS = 0
        config = StudyConfig.parse({**study, "checkpoint_minutes": 0.005})
        if "deadline" in options:
            options = {**options, "deadline": time.perf_counter() + options["deadline"]}
        try:
            result = Study(config).run(out=folder, **options)
        except CotejoError as error:
            print(error, file=sys.stderr)
            return 2
        return 1 if result.failed else 0
    except KeyboardInterrupt as stopped:
        return stopping.code_of(stopped)


def _set_clock_back() -> None:
    """Have this process believe that it is two days earlier."""
    from datetime import datetime, timedelta

    from cotejo.store import clock

    real = time.time
    time.time = lambda: real() - _BACK

    class Earlier(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) - timedelta(seconds=_BACK)

    clock.datetime = Earlier  # type: ignore[misc]


def main() -> int:
    """Train what `start` gives."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("given", type=json.loads)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    if asked.given["set_back"]:
        _set_clock_back()
    return train(asked.given["study"], asked.given["options"], asked.folder)


if __name__ == "__main__":
    sys.exit(main())

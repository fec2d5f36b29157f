"""``jsonl`` and ``csv``: a line for each event, on standard output or in a file, for anything else.

In a file, what it holds of a run is taken out when the run begins again.
"""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cotejo.errors import ConfigError
from cotejo.store import HISTORY_COLUMNS, now, write_file, writing
from cotejo.trackers.events import RunResult, StudyStatus, TrackedRun, TrackedStudy
from cotejo.trackers.tracker import Tracker

__all__ = ["CsvTracker", "JsonlTracker"]


class _Lines(Tracker):
    """Writes a line for each event.

    Args:
        where: a file; standard output if left out, or ``-``.
    """

    def __init__(self, where: str | None = None) -> None:
        super().__init__(where)
        self.path = None if where in (None, "-") else Path(str(where))
        self.writes_stdout = self.path is None
        self._study = ""
        self._has_begun = False

    def check(self) -> None:
        """Refuse a path where no file can be."""
        if self.path is not None and (
            self.path.is_dir() or not self.path.absolute().parent.is_dir()
        ):
            raise ConfigError("tracking.no_file", path=self.path)

    def place(self, study: TrackedStudy) -> str:
        """Return the file's path; empty of standard output."""
        return "" if self.path is None else str(self.path)

    def study_started(self, study: TrackedStudy) -> None:
        """Write a line."""
        self._study = study.name
        self._write(event="study_started", study_id=study.id, data=study.data, quick=study.quick)

    def run_started(self, run: TrackedRun) -> None:
        """Take out what the file says of the run, and write a line."""
        if self.path is not None and self.path.exists():
            text = self.path.read_text(encoding="utf-8")
            kept = self._without(text, run.id)
            if kept != text:
                write_file(self.path, kept)
        self._write(
            run,
            event="run_started",
            epochs=run.epochs,
            parameters=run.parameters,
            settings=dict(run.settings),
        )

    def epoch_ended(self, run: TrackedRun, row: Mapping[str, Any]) -> None:
        """Write a line."""
        self._write(run, event="epoch_ended", **row)

    def run_finished(self, run: TrackedRun, result: RunResult) -> None:
        """Write a line."""
        figures = {name.removeprefix("final/"): each for name, each in result.scalars.items()}
        self._write(run, event="run_finished", status="finished", metrics=figures)

    def run_failed(self, run: TrackedRun, reason: str) -> None:
        """Write a line."""
        self._write(run, event="run_failed", status="failed", reason=reason)

    def run_killed(self, run: TrackedRun) -> None:
        """Write a line."""
        self._write(run, event="run_killed", status="killed")

    def study_ended(self, status: StudyStatus, files: Sequence[Path]) -> None:
        """Write a line."""
        self._write(event="study_ended", status=status, files=[str(path) for path in files])

    def _write(self, run: TrackedRun | None = None, **values: Any) -> None:
        about = {"time": now(), "event": values.pop("event"), "study": self._study}
        if run is not None:
            about |= {"run": run.name, "run_id": run.id}
            about |= {"alternative": run.alternative, "seed": run.seed}
        if self.path is None:
            sys.stdout.write(self._line({**about, **values}, is_first=not self._has_begun))
            sys.stdout.flush()
            self._has_begun = True
            return
        with writing(self.path):
            is_first = not self.path.exists() or self.path.stat().st_size == 0
            with self.path.open("a", encoding="utf-8", newline="") as file:
                file.write(self._line({**about, **values}, is_first=is_first))

    def _line(self, values: Mapping[str, Any], *, is_first: bool) -> str:
        raise NotImplementedError

    def _without(self, text: str, run_id: str) -> str:
        """Return a file's text without the lines of a run."""
        raise NotImplementedError


class JsonlTracker(_Lines):
    """Writes a JSON object a line."""

    def _line(self, values: Mapping[str, Any], *, is_first: bool) -> str:
        return json.dumps(_finite(values), ensure_ascii=False, allow_nan=False) + "\n"

    def _without(self, text: str, run_id: str) -> str:
        # One of ours says its id in this way; whatever else is in the file stays as it is.
        mark = f'"run_id": "{run_id}"'
        return "".join(line for line in text.splitlines(keepends=True) if mark not in line)


class CsvTracker(_Lines):
    """Writes a row for each event, with a column for each number of an epoch and of a result."""

    columns = (
        *("time", "event", "study", "run", "run_id", "alternative", "seed", "status", "reason"),
        *HISTORY_COLUMNS,
        *("test_loss", "test_accuracy"),
    )

    def _line(self, values: Mapping[str, Any], *, is_first: bool) -> str:
        output = io.StringIO()
        writer = csv.DictWriter(
            output, self.columns, restval="", extrasaction="ignore", lineterminator="\n"
        )
        if is_first:
            writer.writeheader()
        writer.writerow({**values, **values.get("metrics", {})})
        return output.getvalue()

    def _without(self, text: str, run_id: str) -> str:
        rows = list(csv.reader(io.StringIO(text, newline="")))
        place = self.columns.index("run_id")
        kept = [row for row in rows if len(row) <= place or row[place] != run_id]
        if len(kept) == len(rows):
            return text
        output = io.StringIO()
        csv.writer(output, lineterminator="\n").writerows(kept)
        return output.getvalue()


def _finite(value: Any) -> Any:
    """Return a value as JSON can have it: what is no finite number is null."""
    if isinstance(value, Mapping):
        return {str(name): _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

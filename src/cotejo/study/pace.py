"""The time left: the estimates, corrected by the epochs that have ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cotejo.study.progress import Estimate, PlannedRun

__all__ = ["Pace"]


class Pace:
    """The time left, from `Estimate.run_seconds` and the epochs that have ended.

    Once an epoch of an alternative has ended, its measured epochs count. Until then its estimate
    counts, times a correction: the measured over the estimated time of all epochs so far.

    Args:
        runs: the runs of the study.

    Example:
        >>> from pathlib import Path
        >>> run = PlannedRun("cnn3", 1, "key", Path("cnn3/seed-1"), False, 10, 122570)
        >>> pace = Pace([run])
        >>> pace.timed(Estimate("cnn3", 122570, 5000.0, run_seconds=60.0))
        >>> pace.epoch_ended(run, 12.0)
        >>> pace.run_left(run, epochs_done=1.0), pace.study_left([])
        (108.0, 0.0)
    """

    def __init__(self, runs: Sequence[PlannedRun]) -> None:
        self._epochs = {run.alternative: run.epochs for run in runs}
        self._estimated: dict[str, float] = {}
        self._seen: dict[str, list[float]] = {}

    def timed(self, estimate: Estimate) -> None:
        """Take note of an estimate."""
        epochs = self._epochs.get(estimate.alternative, 1)
        self._estimated[estimate.alternative] = estimate.run_seconds / epochs

    def epoch_ended(self, run: PlannedRun, seconds: float) -> None:
        """Take note of an epoch."""
        self._seen.setdefault(run.alternative, []).append(seconds)

    def run_left(self, run: PlannedRun, epochs_done: float) -> float | None:
        """Return the seconds that ``run`` still takes at most; None if nothing is known yet."""
        seconds = self._epoch_seconds(run.alternative)
        return None if seconds is None else seconds * max(run.epochs - epochs_done, 0.0)

    def study_left(
        self, waiting: Iterable[PlannedRun], running: Sequence[tuple[PlannedRun, float]] = ()
    ) -> float | None:
        """Return the seconds that all these runs take at most; None if one of them is unknown.

        Args:
            waiting: the runs that have not begun.
            running: those that are trained at once, each with its epochs that are done. The more
                they are, the less time all of them take.
        """
        total = 0.0
        for run, epochs_done in [*running, *((run, 0.0) for run in waiting)]:
            left = self.run_left(run, epochs_done)
            if left is None:
                return None
            total += left
        return total / max(len(running), 1)

    def _epoch_seconds(self, alternative: str) -> float | None:
        seen = self._seen.get(alternative)
        if seen:
            # The first epoch includes compiling, so it is left out as soon as there are others.
            later = seen[1:] or seen
            return sum(later) / len(later)
        estimated = self._estimated.get(alternative)
        return None if estimated is None else estimated * self._correction()

    def _correction(self) -> float:
        took, expected = 0.0, 0.0
        for alternative, seconds in self._seen.items():
            if alternative in self._estimated:
                took += sum(seconds)
                expected += self._estimated[alternative] * len(seconds)
        return took / expected if expected else 1.0

"""``progress.json``: how far a study is while it trains, for whoever watches it from elsewhere.

It is written about once a second where something happens, less often where that would take more
than a twentieth of the time, and every ten seconds where nothing happens. It is deleted when the
study ends. One that a killed study left behind says nothing new.

Whoever sees the folder may also ask the study to stop. A thread looks for that request once a
second, also while a network is compiled or data is audited, and then does what Ctrl-C does.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotejo import stopping
from cotejo.errors import OutputError
from cotejo.store import clear_progress, is_asked_to_stop, now, write_progress
from cotejo.study.observers import Observers
from cotejo.study.pace import Pace
from cotejo.study.progress import Estimate, LookTaken, Observer, PlannedRun, RunId, TrialBegun

if TYPE_CHECKING:
    from cotejo.config.search import Search

__all__ = ["Journal", "journalled"]

_SECONDS = 1.0
"""The least time between two writings; what happens in between is written with the next."""

_LOOK_SECONDS = 1.0
"""Between two looks for a request to stop."""

_TIMES = 20
"""The least time between two writings as a multiple of what one takes: a plan of thousands of runs,
or a slow disk, takes a twentieth of the time and no more."""

_SILENT_SECONDS = 10.0
"""The longest time between two writings: whoever sees no lock knows by it that the study trains."""

_WHOLE = 12
"""The runs whose epochs are all written, of those that train at once; of the others, the last."""


@dataclass
class _Running:
    """A run that is being trained.

    Attributes:
        run: which one.
        where: the worker or the machine that trains it.
        rows: its epochs.
        place: the epoch that is being trained, and how many of its steps are done, of how many.
    """

    run: PlannedRun
    where: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    place: tuple[int, int, int] = (1, 0, 0)

    @property
    def epochs_done(self) -> float:
        """How many epochs are done, a part of one included."""
        epoch, step, steps = self.place
        return epoch - 1 + (step / steps if steps else 0.0)

    def epoch_ended(self, row: dict[str, Any]) -> None:
        """Take note of an epoch; a run that is begun again tells its epochs again."""
        epoch = int(row["epoch"])
        self.rows = [*self.rows[: epoch - 1], row]
        self.place = (epoch + 1, 0, self.place[2])  # an epoch has as many steps as the last


@dataclass
class _Searching:
    """A search: its trials that ended, and those that are being trained, by number."""

    trials: int
    ended: dict[int, dict[str, Any]] = field(default_factory=dict)
    running: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def best(self) -> int | None:
        """The number of the best trial that finished; of equals, the first."""
        finished = [self.ended[n] for n in sorted(self.ended)]
        finished = [each for each in finished if each["status"] == "finished"]
        best = max(finished, key=lambda each: each["valid_accuracy"], default=None)
        return None if best is None else int(best["number"])


class Journal(Observer):
    """Keeps ``progress.json`` up to date, as an observer beside that of the user.

    A study is worth more than its progress: where the file can't be written, nothing is said. The
    study's own files tell of a disk that is full.

    Args:
        folder: the study's, which is locked.
        elsewhere: whether its runs are trained in other processes, several at once.
    """

    def __init__(self, folder: Path, *, elsewhere: bool = False) -> None:
        self._folder, self._elsewhere = folder, elsewhere
        self._start, self._started = secrets.token_hex(16), now()
        self._pace = Pace(())
        self._runs: dict[RunId, PlannedRun] = {}
        self._states: dict[RunId, str] = {}
        self._places: dict[RunId, str] = {}
        self._running: dict[RunId, _Running] = {}
        self._searches: dict[str, _Searching] = {}
        self._looks: list[LookTaken] = []
        self._is_behind = False
        self._next = float("-inf")
        self._asked = self._must_raise = False
        self._lock, self._over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._attend, daemon=True)
        self._owner = threading.get_ident()

    @property
    def awaits_times(self) -> bool:
        """It takes the times that are measured for somebody else, and asks for none."""
        return False

    def __enter__(self) -> Journal:
        clear_progress(self._folder)  # and a request to stop, of a start that was killed
        with self._lock:
            self._write()  # from now on it can be watched and stopped
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        try:
            self._thread.join()
        finally:
            with self._lock:  # after the thread's last writing, should Ctrl-C have ended the wait
                clear_progress(self._folder)

    # ---- searches

    def searching(self, searches: Sequence[Search]) -> None:
        """The searches begin."""
        with self._noting():
            self._searches = {each.name: _Searching(each.trials) for each in searches}

    def trial_started(self, trial: TrialBegun) -> None:
        """A trial begins."""
        with self._noting():
            self._searches[trial.search].running[trial.number] = {
                "number": trial.number,
                "place": trial.place,
                "epoch": 1,
                "epochs": trial.epochs,
                "valid_accuracy": None,
            }

    def trial_batch_ended(self, trial: TrialBegun, epoch: int, step: int, steps: int) -> None:
        """Take note of the epoch that a trial is at."""
        self._of_trial(trial, epoch=epoch)

    def trial_epoch_ended(self, trial: TrialBegun, row: dict[str, Any]) -> None:
        """Take note of an epoch of a trial."""
        epoch = min(int(row["epoch"]) + 1, trial.epochs)
        self._of_trial(trial, epoch=epoch, valid_accuracy=row["valid_accuracy"])

    def _of_trial(self, trial: TrialBegun, **known: Any) -> None:
        with self._noting():
            self._searches[trial.search].running.get(trial.number, {}).update(known)

    def trial_ended(self, trial: TrialBegun, outcome: Mapping[str, Any]) -> None:
        """Take note of how a trial ended."""
        with self._noting():
            search = self._searches[trial.search]
            search.running.pop(trial.number, None)
            known = {name: outcome[name] for name in ("status", "valid_accuracy")}
            search.ended[trial.number] = {"number": trial.number, **known}

    # ---- runs

    def planned(self, study: Any, dataset: Any, runs: Sequence[PlannedRun], *_: Any) -> None:
        """The runs are known."""
        with self._noting():
            self._pace = Pace(runs)
            self._expect(runs)

    def looked(self, look: LookTaken) -> None:
        """Take note of a look at the claims."""
        with self._noting():
            self._looks.append(look)

    def runs_added(self, runs: Sequence[PlannedRun]) -> None:
        """Further runs are known."""
        with self._noting():
            self._expect(runs)

    def _expect(self, runs: Sequence[PlannedRun]) -> None:
        self._states = {run.id: "finished" if run.finished else "waiting" for run in runs}
        self._runs = {run.id: run for run in runs}

    def timed(self, estimate: Estimate) -> None:
        """A few steps of one alternative were timed."""
        with self._noting():
            self._pace.timed(estimate)

    def run_placed(self, run: PlannedRun, place: str) -> None:
        """Keep where a run is about to be trained, or is tried again."""
        with self._noting():
            self._places[run.id] = place
            if run.id in self._running:
                self._running[run.id].where = place

    def run_started(self, run: PlannedRun) -> None:
        """A run begins."""
        with self._noting():
            self._running[run.id] = _Running(run, self._places.get(run.id, ""))
            self._states[run.id] = "running"

    def run_resumed(self, run: PlannedRun, epoch: int, rows: Sequence[dict[str, Any]]) -> None:
        """A run goes on after the epochs of these rows."""
        for row in rows:
            self.epoch_ended(run, row)

    def batch_ended(self, run: PlannedRun, epoch: int, step: int, steps: int) -> None:
        """``step`` of an epoch's ``steps`` are done."""
        with self._noting():
            self._running[run.id].place = (epoch, step, steps)

    def epoch_ended(self, run: PlannedRun, row: dict[str, Any]) -> None:
        """An epoch ended."""
        with self._noting():
            self._pace.epoch_ended(run, float(row["seconds"]))
            self._running[run.id].epoch_ended(row)

    def run_finished(self, run: PlannedRun, metrics: dict[str, Any]) -> None:
        """A run finished."""
        self._run_ended(run, "finished")

    def run_failed(self, run: PlannedRun, reason: Exception) -> None:
        """A run failed."""
        self._run_ended(run, "failed")

    def _run_ended(self, run: PlannedRun, state: str) -> None:
        with self._noting():
            self._states[run.id] = state
            self._running.pop(run.id, None)

    # ---- the file

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Change what is known, and write it if it is time; then heed a request to stop."""
        with self._lock:
            yield
            self._is_behind = True
            if time.monotonic() >= self._next:
                self._write()
        if self._must_raise:
            self._must_raise = False
            stopping.ask()

    def _write(self) -> None:
        if self._over.is_set():
            return
        began = time.monotonic()
        try:
            write_progress(self._folder, self._content())
        except OutputError:
            self._next = began + _SILENT_SECONDS
            return
        self._is_behind = False
        self._next = began + max(_SECONDS, _TIMES * (time.monotonic() - began))

    def _content(self) -> dict[str, Any]:
        return {
            "start": self._start,
            "started": self._started,
            "updated": now(),
            "doing": self._doing(),
            "elsewhere": self._elsewhere,
            "seconds_left": self._left(),
            "runs": [
                {
                    "alternative": run.alternative,
                    "seed": run.seed,
                    "state": self._states[run.id],
                    "before": run.finished,
                    "epochs": run.epochs,
                    "parameters": run.parameters,
                }
                for run in self._runs.values()
            ],
            "running": [
                self._described(each, whole=place < _WHOLE)
                for place, each in enumerate(self._running.values())
            ],
            "searches": [
                {
                    "search": name,
                    "trials": search.trials,
                    "best": search.best,
                    "ended": [search.ended[number] for number in sorted(search.ended)],
                    "running": list(search.running.values()),
                }
                for name, search in self._searches.items()
            ],
            "looks": [asdict(look) for look in self._looks],
        }

    def _doing(self) -> str:
        if not self._runs:
            return "searching" if self._searches else "preparing"
        is_open = any(state in ("waiting", "running") for state in self._states.values())
        return "training" if is_open else "looking back"

    def _described(self, running: _Running, *, whole: bool) -> dict[str, Any]:
        epoch, step, steps = running.place
        return {
            "alternative": running.run.alternative,
            "seed": running.run.seed,
            "place": running.where,
            "epoch": epoch,
            "step": step,
            "steps": steps,
            "seconds_left": self._pace.run_left(running.run, running.epochs_done),
            "history": running.rows if whole else running.rows[-1:],
        }

    def _left(self) -> float | None:
        waiting = [self._runs[each] for each, state in self._states.items() if state == "waiting"]
        running = [(each.run, each.epochs_done) for each in self._running.values()]
        return self._pace.study_left(waiting, running) if self._runs else None

    # ---- the thread beside the study

    def _attend(self) -> None:
        """Look for a request to stop, and write where nothing happens, until the study ends."""
        while not self._over.wait(_LOOK_SECONDS):
            if not self._asked and is_asked_to_stop(self._folder, self._start):
                self._asked = True
                self._stop()
            with self._lock:
                late = time.monotonic() - self._next
                if late >= (0 if self._is_behind else _SILENT_SECONDS):
                    self._write()

    def _stop(self) -> None:
        """Do what Ctrl-C does, unless the study is stopping already: a second one would kill it."""
        if stopping.requested() is not None or stopping.is_waiting(self._owner):
            return
        # Where no signal would be heard, the next event of the study raises it.
        is_main = self._owner == threading.main_thread().ident
        if not (is_main and stopping.interrupt_main()):
            self._must_raise = True


@contextmanager
def journalled(folder: Path, observer: Observer, *, elsewhere: bool = False) -> Iterator[Observer]:
    """Give an observer that keeps ``progress.json`` and passes on what it is told.

    Args:
        folder: the study's, which is locked.
        observer: that is told as well.
        elsewhere: whether the runs are trained in other processes.
    """
    with Journal(folder, elsewhere=elsewhere) as journal:
        yield Observers(journal, observer)

"""Seeds that are trained together and stopped: all of them are named, each with its epoch."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from cotejo.cli.display import Display
from cotejo.study import grouped
from cotejo.study.events import BatchEnded, RunFinished, RunStarted
from cotejo.study.planning import Job
from cotejo.study.progress import PlannedRun


class Nothing:
    """Work that is done at once."""

    alike = "nothing"

    def together(self, others, size):
        return [None] * (1 + len(others))


def test_all_seeds_of_a_group_are_known_to_be_stopped(monkeypatch, tmp_path):
    runs = {
        ("small", seed): PlannedRun(
            "small", seed, "key", tmp_path, finished=False, epochs=3, parameters=10
        )
        for seed in (1, 2, 3, 4)
    }

    def steps(plan, job, emit, clock):
        for epoch in (1, 2):
            emit(BatchEnded(job.run.id, epoch, 1, 2))
            yield Nothing()
            if job.run.seed == 1:
                return  # it has stopped early
        if job.run.seed == 3:
            raise KeyboardInterrupt
        yield Nothing()

    monkeypatch.setattr(grouped, "run_steps", steps)
    with Display(Console(file=StringIO(), width=80)) as display:

        def tell(event):
            run = runs[event.run]
            match event:
                case RunStarted():
                    display.run_started(run)
                case BatchEnded():
                    display.batch_ended(run, event.epoch, event.step, event.steps)
                case RunFinished():
                    display.run_finished(run, {"test": {"accuracy": 0.5}})

        with pytest.raises(KeyboardInterrupt):
            grouped._train(None, [Job(run, None, None) for run in runs.values()], tell)
        assert [(run.seed, epoch) for run, epoch in display.under_way] == [(2, 2), (3, 2), (4, 2)]

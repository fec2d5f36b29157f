"""A study goes on after a failed step, on backends too that take the variables out of the model."""

from __future__ import annotations

from cotejo.config import StudyConfig
from cotejo.study import Study
from cotejo.train.learner import Learner

TWO = {
    "data": "digits",
    "base": {"model": "cnn3", "epochs": 1},
    "alternative": [{"name": "fails", "batch_size": 32}, {"name": "follows", "batch_size": 64}],
}


def test_the_next_run_trains_after_a_step_that_failed(tmp_path, monkeypatch):
    original = Learner.compute_loss

    def compute_loss(self, x=None, y=None, *others, **named):
        if y is not None and y.shape[0] == 32:
            raise RuntimeError("no memory left, say")
        return original(self, x, y, *others, **named)

    monkeypatch.setattr(Learner, "compute_loss", compute_loss)
    result = Study(StudyConfig.parse(TWO)).run(out=tmp_path / "out")
    assert [run.alternative for run in result.failed] == ["fails"]
    assert [run.alternative for run in result.finished] == ["follows"]

"""Whether two runs are the same: their predictions to the last bit, and their histories."""

from __future__ import annotations

import csv

import numpy as np

from cotejo.store import RunFolder


def check_same(one, other):
    """Check that two folders hold the same run; only how long it took may differ."""
    ours, theirs = RunFolder(one).predictions, RunFolder(other).predictions
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name])
    histories = []
    for folder in (one, other):
        with (folder / "history.csv").open(newline="") as file:
            histories.append([{**row, "seconds": None} for row in csv.DictReader(file)])
    assert histories[0] == histories[1]

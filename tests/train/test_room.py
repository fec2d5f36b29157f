"""How many trainings at once: the timing of some sizes decides."""

from __future__ import annotations

import pytest

from cotejo.train.room import fastest_size

MEMORY = RuntimeError("RESOURCE_EXHAUSTED: out of memory")


class Steps:
    """Work whose seconds by size are known; a size that is not known needs too much memory."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.sizes = []

    def timed(self, size):
        self.sizes.append(size)
        if size not in self.seconds:
            raise MEMORY
        return self, self.seconds[size]


@pytest.mark.parametrize(
    ("seconds", "most", "best", "tried"),
    [
        # Each size takes hardly longer than the one before.
        ({1: 1, 2: 1, 4: 1.1, 8: 1.2, 16: 1.5}, 16, 16, [1, 2, 4, 8, 16]),
        # Eight are no tenth faster than four.
        ({1: 1, 2: 1, 4: 1, 8: 1.9, 16: 1.9}, 16, 4, [1, 2, 4, 8]),
        # One keeps the device busy.
        ({1: 1, 2: 2}, 16, 1, [1, 2]),
        # The memory ends.
        ({1: 1, 2: 1}, 16, 2, [1, 2, 4]),
        ({}, 16, 1, [1]),
        # There are no more seeds.
        ({1: 1, 2: 1, 3: 1}, 3, 3, [1, 2, 3]),
        ({1: 1}, 1, 1, [1]),
    ],
)
def test_a_size_is_chosen_as_long_as_a_tenth_is_gained(seconds, most, best, tried):
    work = Steps(seconds)
    assert fastest_size(work, most) == best
    assert list(dict.fromkeys(work.sizes)) == tried


def test_another_error_is_raised():
    class Broken:
        def timed(self, size):
            raise ValueError("something else")

    with pytest.raises(ValueError, match="something else"):
        fastest_size(Broken(), 4)

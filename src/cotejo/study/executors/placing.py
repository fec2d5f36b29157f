"""A plan for several processes of one machine: its images are in memory once, for all of them.

The arrays are written to one file, which every process maps into its memory; the system keeps one
copy. The rest of the plan travels as a pickle, from one process to those that it started itself.
"""

from __future__ import annotations

import mmap
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cotejo.errors import ConfigError
from cotejo.store import temporary_path, writing
from cotejo.study.planning import Plan

__all__ = ["Placed", "placed", "taken"]

_ALIGNED = 64
"""Where an array begins, in multiples of so many bytes, as processors like it."""


@dataclass(frozen=True)
class Placed:
    """A plan that other processes of this machine can take.

    Attributes:
        rest: the plan without its arrays, pickled.
        path: the file with the arrays, which is there as long as the study trains.
        spans: where each array begins in the file, and its bytes.
    """

    rest: bytes
    path: Path
    spans: tuple[tuple[int, int], ...]


@contextmanager
def placed(plan: Plan) -> Iterator[Placed]:
    """Place a plan for other processes; the file is deleted at the end.

    Its name is that of a half-written file, so that the next start deletes what a killed process
    left behind.

    Raises:
        OutputError: there is no room for the images.
        ConfigError: the plan holds something that only this process has.
    """
    buffers: list[pickle.PickleBuffer] = []
    try:
        rest = pickle.dumps(plan, protocol=5, buffer_callback=buffers.append)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ConfigError("machines.only_here", reason=error) from error
    path = temporary_path(plan.folder / "plan")
    spans = []
    try:
        with writing(path), path.open("wb") as file:
            for buffer in buffers:
                file.write(bytes(-file.tell() % _ALIGNED))
                with buffer.raw() as raw:
                    spans.append((file.tell(), raw.nbytes))
                    file.write(raw)
            if not file.tell():
                file.write(b"\0")  # an empty file can't be mapped
        yield Placed(rest, path, tuple(spans))
    finally:
        path.unlink(missing_ok=True)


def taken(plan: Placed) -> Plan:
    """Return a plan that this process's parent placed; its arrays can't be written to."""
    with plan.path.open("rb") as file:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    arrays = [whole[start : start + size] for start, size in plan.spans]
    # From the process that started this one, through a pipe that nobody else can write to.
    content: Plan = pickle.loads(plan.rest, buffers=arrays)  # noqa: S301
    return content

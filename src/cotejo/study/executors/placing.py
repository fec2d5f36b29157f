"""A plan for several processes of one machine: its images are in memory once, for all of them.

The arrays are written to one file, which every process maps into its memory; the system keeps one
copy. The rest of the plan travels as a pickle, from one process to those that it started itself.
"""

from __future__ import annotations

import mmap
import pickle
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cotejo.errors import ConfigError
from cotejo.store import temporary_path, writing
from cotejo.study.planning import Plan

__all__ = ["Place", "Placed", "taken"]

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


class Place:
    """Where plans are put for other processes, one after the other.

    Arrays that the plan before had, too, are not written again. The names of the files are those of
    half-written ones, so that the next start deletes what a killed process left behind.
    """

    def __init__(self) -> None:
        self._paths: list[Path] = []
        self._spans: tuple[tuple[int, int], ...] = ()
        # Kept, so that an array at the same place in memory is the same array.
        self._buffers: list[pickle.PickleBuffer] = []

    def put(self, plan: Plan) -> Placed:
        """Put a plan there; the one before stays until `clear_old`.

        Raises:
            OutputError: there is no room for the images.
            ConfigError: the plan holds something that only this process has.
        """
        buffers: list[pickle.PickleBuffer] = []
        try:
            rest = pickle.dumps(plan, protocol=5, buffer_callback=buffers.append)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise ConfigError("machines.only_here", reason=error) from error
        if not self._paths or list(map(_place_of, buffers)) != list(map(_place_of, self._buffers)):
            self._write(temporary_path(plan.folder / "plan"), buffers)
        return Placed(rest, self._paths[-1], self._spans)

    def _write(self, path: Path, buffers: list[pickle.PickleBuffer]) -> None:
        self._paths.append(path)
        spans = []
        with writing(path), path.open("wb") as file:
            for buffer in buffers:
                file.write(bytes(-file.tell() % _ALIGNED))
                with buffer.raw() as raw:
                    spans.append((file.tell(), raw.nbytes))
                    file.write(raw)
            if not file.tell():
                file.write(b"\0")  # an empty file can't be mapped
        self._spans, self._buffers = tuple(spans), buffers

    def clear_old(self) -> None:
        """Delete the files of all plans but the last one."""
        while len(self._paths) > 1:
            _delete(self._paths.pop(0))

    def close(self) -> None:
        """Delete the files of all plans."""
        while self._paths:
            _delete(self._paths.pop())
        self._buffers = []


def _delete(path: Path) -> None:
    # Windows keeps a file that a process has mapped; the study's next start deletes it.
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _place_of(buffer: pickle.PickleBuffer) -> tuple[int, int]:
    """Return where an array lies in memory, and its bytes."""
    with buffer.raw() as raw:
        if not raw.nbytes:
            return 0, 0
        return int(np.frombuffer(raw, np.uint8).ctypes.data), raw.nbytes


def taken(plan: Placed) -> Plan:
    """Return a plan that this process's parent placed; its arrays can't be written to.

    Raises:
        FileNotFoundError: another plan has taken its place.
    """
    with plan.path.open("rb") as file:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    arrays = [whole[start : start + size] for start, size in plan.spans]
    # From the process that started this one, through a pipe that nobody else can write to.
    content: Plan = pickle.loads(plan.rest, buffers=arrays)  # noqa: S301
    return content

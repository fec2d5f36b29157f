"""What `cotejo evaluate` shows while it works, on a terminal and elsewhere."""

from __future__ import annotations

from cotejo.cli.live import Status
from cotejo.cli.tables import numbers
from cotejo.elsewhere import Watch
from cotejo.messages import message

__all__ = ["Shown"]


class Shown(Watch):
    """Shows how far an evaluation is: on one line that changes, elsewhere in plain lines.

    Args:
        status: where it is shown.
    """

    def __init__(self, status: Status) -> None:
        self._status = status

    def data_progress(self, source: str, done: int, total: int | None) -> None:
        """Show a download."""
        self._status.download(source, done, total)

    def pictures_read(self, done: int, total: int) -> None:
        """Show how many pictures have been read."""
        self._status.pictures(done, total)

    def answered(self, done: int, total: int) -> None:
        """Show how many images have been answered."""
        shown = numbers().integer(done), numbers().integer(total)
        line = message("evaluation.answering", done=shown[0], total=shown[1])
        self._status.counted("answered", done, total, line)

    def corrupted(self, done: int, total: int) -> None:
        """Show how many corruptions are done."""
        line = message("evaluation.corrupting", done=done, total=total)
        self._status.counted("corrupted", done, total, line)

"""What is told of an evaluation while it goes on."""

from __future__ import annotations

__all__ = ["Watch"]


class Watch:
    """Watches an evaluation. All methods do nothing; a subclass overrides those that it needs."""

    def data_progress(self, source: str, done: int, total: int | None) -> None:
        """So many bytes of a download are there."""

    def pictures_read(self, done: int, total: int) -> None:
        """So many pictures have been read."""

    def answered(self, done: int, total: int) -> None:
        """The model has answered to so many images."""

    def corrupted(self, done: int, total: int) -> None:
        """It has answered to so many of the corruptions."""

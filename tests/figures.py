"""Reports with and without their figures, whose drawing takes nine tenths of a report's time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cotejo.report.drawing import draw_svg

__all__ = ["figures_drawn", "figures_empty"]


@contextmanager
def figures_empty() -> Iterator[None]:
    """Leave the figures of reports empty, for tests of what stands beside them."""

    def empty(draw: object, name: str, width: float | None = None) -> str:
        return f'<svg viewBox="0 0 1 1" role="img" aria-labelledby="{name}-caption"></svg>'

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cotejo.report.sheet.draw_svg", empty)
        yield


@contextmanager
def figures_drawn() -> Iterator[None]:
    """Draw the figures all the same, for what other tests share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cotejo.report.sheet.draw_svg", draw_svg)
        yield

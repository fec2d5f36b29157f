"""Every test of the command line starts in English, without a debugger's traceback."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTEJO_LANG", "en")
    # Set and taken away, so that what `--debug` sets is taken away after the test.
    monkeypatch.setenv("COTEJO_DEBUG", "1")
    monkeypatch.delenv("COTEJO_DEBUG")
    monkeypatch.delenv("COTEJO_DATA", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")

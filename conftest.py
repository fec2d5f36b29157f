"""What tests and doctests share: messages in English, whatever the machine's language is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cotejo.messages import use_language


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COTEJO_LANG", "en")
    use_language(None)
    yield
    use_language(None)

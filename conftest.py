"""What tests and doctests share: messages in English, whatever the machine's language is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from cotejo.messages import use_language

# Cases are not judged by how long they took to make: a busy machine takes its time.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COTEJO_LANG", "en")
    use_language(None)
    yield
    use_language(None)

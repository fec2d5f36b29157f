"""What every test shares: messages in English, and the real CIFAR-10 where it is there."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from cotejo.messages import use_language


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COTEJO_LANG", "en")
    use_language(None)
    yield
    use_language(None)


@pytest.fixture(scope="session")
def digits():
    from cotejo.data import load

    return load("digits")


@pytest.fixture(scope="session")
def cifar10():
    if not os.environ.get("COTEJO_DATA"):
        pytest.skip("COTEJO_DATA does not name a folder with the real CIFAR-10")
    from cotejo.data import load

    return load("cifar10")

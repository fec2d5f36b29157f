"""A tiny CIFAR-10, a home of its own for every test, a bomb, and a server."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from loopback import Handler, Loopback, Server
from tiny_cifar import Published, publish


@pytest.fixture(scope="session")
def tiny() -> Published:
    return publish()


class Bomb:
    """A pickle of this touches a file when it is loaded by an ordinary unpickler."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, ...]:
        import os

        return os.system, (self.command,)


@pytest.fixture
def bomb(tmp_path: Path) -> tuple[bytes, Path]:
    """A pickle that runs a command, and the file that is there once it has."""
    proof = tmp_path / "executed"
    return pickle.dumps({"data": Bomb(f"touch {proof}")}, protocol=2), proof


@pytest.fixture(autouse=True)
def nowhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep every place that is looked in, and the network, out of the tests."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("COTEJO_LANG", "en")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for module in ("places", "loading"):
        name = f"cotejo.data.published.{module}.cache_folder"
        monkeypatch.setattr(name, lambda: home / "cache" / "cotejo")
    for variable in ("COTEJO_DATA", "KERAS_HOME", "TORCH_HOME"):
        monkeypatch.delenv(variable, raising=False)
    for name in ("CIFAR10", "CIFAR100", "MNIST", "FASHION_MNIST", "SVHN"):
        monkeypatch.delenv(f"COTEJO_{name}_URL", raising=False)
    monkeypatch.chdir(home)
    return home


@pytest.fixture
def serve(tiny: Published) -> Iterator[Callable[..., Server]]:
    """Start a server: ``serve("break", "whole")`` breaks off once and is well from then on."""
    running: list[tuple[Loopback, threading.Thread]] = []

    def start(*manners: str) -> Server:
        loopback = Loopback(("127.0.0.1", 0), Handler)
        loopback.script = Server(tiny.archives["python"], list(manners))
        loopback.script.url = f"http://127.0.0.1:{loopback.server_address[1]}/cifar.tar.gz"
        thread = threading.Thread(target=loopback.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        running.append((loopback, thread))
        return loopback.script

    yield start
    for loopback, thread in running:
        loopback.script.closing.set()
        loopback.shutdown()
        loopback.server_close()
        thread.join()

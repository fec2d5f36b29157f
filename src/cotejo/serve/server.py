"""The server's process: the port, the start, and an end that finishes what is in flight."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from typing import Any

from cotejo.errors import ConfigError, OutputError

__all__ = ["listening", "run"]

_CLOSING_SECONDS = 30
"""How long requests in flight have after SIGTERM or Ctrl-C."""


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens, before anything that takes long is loaded.

    Args:
        host: a name or an address of this machine.
        port: 0 for any that is free.

    Raises:
        ConfigError: another program has the port, or there is no such address here.

    Example:
        >>> with listening("127.0.0.1", 0) as first:
        ...     taken = first.getsockname()[1]
        ...     listening("127.0.0.1", taken)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        cotejo.errors.ConfigError: port ... of 127.0.0.1 is taken by another program; ...
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ConfigError("serve_no_host", host=host) from error
    family, kind, protocol, _, address = found[0]
    opened = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere it would let two servers share a port
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(2048)
    except OSError as error:
        opened.close()
        if error.errno == errno.EADDRINUSE:
            raise ConfigError("serve_port_taken", host=host, port=port, next=port + 1) from error
        if error.errno == errno.EACCES:
            raise ConfigError("serve_port_refused", port=port) from error
        if error.errno == errno.EADDRNOTAVAIL:
            raise ConfigError("serve_no_host", host=host) from error
        raise OutputError("serve_port_error", host=host, port=port, reason=error) from error
    return opened


def run(app: Any, opened: socket.socket, on_start: Callable[[], Any]) -> None:
    """Serve until a signal asks to stop; then finish what is in flight.

    Args:
        app: the ASGI application.
        opened: from `listening`.
        on_start: called when it answers.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            on_start()

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Whose addresses a proxy tells is of no use here, and could be made up.
        proxy_headers=False,
        timeout_graceful_shutdown=_CLOSING_SECONDS,
        timeout_keep_alive=30,
        ws="none",
    )
    server = Server(config)
    try:
        server.run(sockets=[opened])
    except KeyboardInterrupt:
        # Uvicorn sends the signal on once all is finished: stopping a server is no failure.
        pass
    finally:
        opened.close()

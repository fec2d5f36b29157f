"""Connections that are given up where next to nothing arrives, even before the answer's first line.

A limit on silence alone is no limit: a server that sends one byte a second is never silent.
"""

from __future__ import annotations

import io
import time
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Any
from urllib import request

__all__ = ["TrickleError", "measured_handlers"]


class TrickleError(OSError):
    """A connection brings next to nothing.

    Args:
        rate: what it brought, in bytes a second.
    """

    def __init__(self, rate: float) -> None:
        super().__init__(f"{rate:.3g} bytes a second")
        self.rate = rate


def measured_handlers(least: float, seconds: float) -> tuple[request.BaseHandler, ...]:
    """Return urllib's handlers of ``http`` and ``https`` whose connections raise `TrickleError`.

    Args:
        least: bytes a second below which a connection is given up.
        seconds: over which that is measured, each time anew.
    """
    return _Handler(least, seconds), _SecureHandler(least, seconds)


class _Measured(io.RawIOBase):
    """A socket's stream of bytes, measured as it is read: headers, chunks and content."""

    def __init__(self, raw: Any, least: float, seconds: float) -> None:
        self._raw, self._least, self._seconds = raw, least, seconds
        self._since, self._received = time.monotonic(), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        count: int | None = self._raw.readinto(buffer)
        self._received += count or 0
        passed = time.monotonic() - self._since
        if count and passed >= self._seconds:
            if self._received < self._least * passed:
                raise TrickleError(self._received / passed)
            self._since, self._received = time.monotonic(), 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _response(least: float, seconds: float, *arguments: Any, **options: Any) -> HTTPResponse:
    response = HTTPResponse(*arguments, **options)
    raw: Any = response.fp
    response.fp = io.BufferedReader(_Measured(raw.detach(), least, seconds))
    return response


def _connection(
    kind: type[HTTPConnection], least: float, seconds: float, *arguments: Any, **options: Any
) -> HTTPConnection:
    connection: Any = kind(*arguments, **options)
    connection.response_class = partial(_response, least, seconds)
    made: HTTPConnection = connection
    return made


class _Handler(request.HTTPHandler):
    def __init__(self, least: float, seconds: float) -> None:
        super().__init__()
        self._limits = least, seconds

    def http_open(self, req: request.Request) -> HTTPResponse:
        made: Any = partial(_connection, HTTPConnection, *self._limits)
        return self.do_open(made, req)


class _SecureHandler(request.HTTPSHandler):
    def __init__(self, least: float, seconds: float) -> None:
        super().__init__()
        self._limits = least, seconds

    def https_open(self, req: request.Request) -> HTTPResponse:
        made: Any = partial(_connection, HTTPSConnection, *self._limits)
        return self.do_open(made, req)

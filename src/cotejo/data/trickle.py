"""Connections that are given up where next to nothing arrives, even before the answer's first line.

A time limit on silence is not enough: a server that sends one byte a second is never silent.
"""

from __future__ import annotations

import io
import time
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Any
from urllib import request

__all__ = ["MeasuredHandler", "TrickleError"]


class TrickleError(OSError):
    """A connection brings next to nothing.

    Args:
        rate: what it brought, in bytes per second.
    """

    def __init__(self, rate: float) -> None:
        super().__init__(f"{rate:.3g} bytes a second")
        self.rate = rate


class MeasuredHandler(request.AbstractHTTPHandler):
    """Opens ``http`` and ``https`` addresses for urllib; its connections raise `TrickleError`.

    Args:
        least: bytes per second below which a connection is given up.
        seconds: the time over which that is measured, again and again.
    """

    def __init__(self, least: float, seconds: float) -> None:
        super().__init__()
        self._limits = least, seconds

    def http_open(self, req: request.Request) -> HTTPResponse:
        """Open an ``http`` address; urllib calls this by its name."""
        return self._open_with(HTTPConnection, req)

    def https_open(self, req: request.Request) -> HTTPResponse:
        """Open an ``https`` address; urllib calls this by its name."""
        return self._open_with(HTTPSConnection, req)

    http_request = https_request = request.AbstractHTTPHandler.do_request_

    def _open_with(self, kind: type[HTTPConnection], req: request.Request) -> HTTPResponse:
        connect: Any = partial(_connection, kind, *self._limits)
        return self.do_open(connect, req)


class _MeasuredStream(io.RawIOBase):
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


def _connection(
    kind: type[HTTPConnection], least: float, seconds: float, *arguments: Any, **options: Any
) -> HTTPConnection:
    connection = kind(*arguments, **options)
    response_class: Any = partial(_response, least, seconds)
    connection.response_class = response_class
    return connection


def _response(least: float, seconds: float, *arguments: Any, **options: Any) -> HTTPResponse:
    response = HTTPResponse(*arguments, **options)
    raw: Any = response.fp
    response.fp = io.BufferedReader(_MeasuredStream(raw.detach(), least, seconds))
    return response

"""One connection to one address: what arrives is added to an unfinished file."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from cotejo.data.trickle import MeasuredHandler, TrickleError
from cotejo.errors import DataError
from cotejo.messages import message

__all__ = [
    "AddressError",
    "BrokenOffError",
    "Patience",
    "Progress",
    "TooSlowError",
    "check_address",
    "transfer",
]

Progress = Callable[[str, int, int | None], None]
"""Called during a download: the address, the bytes that are there, and those expected."""

_CHUNK = 1 << 18
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True)
class Patience:
    """How long to wait for an address.

    Attributes:
        timeout: seconds of silence after which a connection is given up.
        attempts: how many connections in a row may bring nothing new.
        pause: seconds to wait before the second of them; twice as long before the third, three
            times before the fourth, and so on.
        slow: bytes per second below which another address is tried.
        judged_after: seconds after which an address's speed is judged.
        least: bytes per second below which a connection is given up even if there is no other
            address.
        given_up_after: the seconds over which `least` is measured, again and again. The answer
            to a request has to begin within them too.
    """

    timeout: float = 20.0
    attempts: int = 3
    pause: float = 1.0
    slow: float = 200_000.0
    judged_after: float = 20.0
    least: float = 5_000.0
    given_up_after: float = 60.0


class AddressError(Exception):
    """An address can't give the archive; the next one may.

    Args:
        key: the reason's key in ``locales/<language>/errors.toml``.
        **values: what the reason names between braces.
    """

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(message(f"errors.{key}", **values))


class BrokenOffError(AddressError):
    """The connection ended early; the same address may give the rest."""


class TooSlowError(AddressError):
    """Another address is likely to be faster."""

    def __init__(self, bytes_per_second: float) -> None:
        super().__init__("data_source_slow", rate=_kilobytes(bytes_per_second))
        self.bytes_per_second = bytes_per_second


def _kilobytes(number: float) -> str:
    return f"{number / 1000:.3g}" if number < 10_000 else f"{round(number / 1000)}"


def check_address(url: str) -> None:
    """Refuse an address that is neither ``http`` nor ``https``.

    Raises:
        DataError: it is another kind of address, or none.

    Example:
        >>> check_address("https://example.org/cifar-10-python.tar.gz")
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise DataError("data_wrong_address", url=url)


def transfer(
    url: str,
    part: Path,
    size: int,
    progress: Progress | None,
    patience: Patience,
    *,
    hurry: bool,
) -> None:
    """Append what an address sends to ``part`` until that has ``size`` bytes.

    Args:
        url: the address, ``http`` or ``https``.
        part: the unfinished file. It is started again if the address can't send only the rest.
        size: the bytes of the whole archive.
        progress: called with the address, the bytes that are there, and ``size``.
        patience: how long to wait.
        hurry: whether to give up on an address that is slow.

    Raises:
        BrokenOffError: the connection ended early or fell silent, or can't be resumed.
        TooSlowError: the address is slow, and there is a hurry.
        AddressError: the address does not have the archive.
        OSError: ``part`` can't be written.
    """
    start = part.stat().st_size if part.exists() else 0
    if start > size:
        part.unlink()
        start = 0
    with _open(url, start, patience) as response:
        done = _first_byte(response, part, start, size)
        began = time.monotonic()
        first = done
        with part.open("ab" if done else "wb") as file:
            while chunk := _read(response, done, size):
                done += len(chunk)
                if done > size:
                    raise _wrong_size(part, done, size)
                file.write(chunk)
                if progress is not None:
                    progress(url, done, size)
                if hurry and done < size:
                    _judge(done - first, time.monotonic() - began, patience)
    if done < size:
        raise BrokenOffError("data_source_broke_off", done=done, size=size)


def _open(url: str, start: int, patience: Patience) -> HTTPResponse:
    headers = {"User-Agent": "cotejo", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        # Ruff's S310 warns of addresses such as file:; this opener knows none but http and https.
        response: HTTPResponse = _opener(patience).open(
            request.Request(url, headers=headers),  # noqa: S310
            timeout=patience.timeout,
        )
    except HTTPError as error:
        error.close()
        if start and error.code == 416:
            # The unfinished file is no beginning of what this address has.
            return _open(url, 0, patience)
        kind = BrokenOffError if _may_pass(error.code) else AddressError
        raise kind("data_source_status", code=error.code, reason=error.reason) from None
    except TrickleError as error:
        raise BrokenOffError("data_source_slow", rate=_kilobytes(error.rate)) from None
    except (URLError, HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or error or type(error).__name__
        # With a part already here, a short outage must not cost the whole download.
        kind = BrokenOffError if start else AddressError
        raise kind("data_source_unreachable", reason=reason) from None
    return response


def _opener(patience: Patience) -> request.OpenerDirector:
    # `build_opener` would also follow a redirection to ftp and open local files.
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler,
        request.HTTPDefaultErrorHandler,
        request.HTTPRedirectHandler,
        request.HTTPErrorProcessor,
        request.UnknownHandler,
    ):
        opener.add_handler(handler())
    opener.add_handler(MeasuredHandler(patience.least, patience.given_up_after))
    return opener


def _may_pass(code: int) -> bool:
    return code >= 500 or code == _TOO_MANY_REQUESTS


def _first_byte(response: HTTPResponse, part: Path, start: int, size: int) -> int:
    """Return where in the archive the response begins: ``start``, or 0 for the whole of it."""
    if response.status == 206:
        header = response.headers.get("Content-Range", "")
        match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", header)
        if match is None or int(match[1]) != start or match[2] not in (str(size), "*"):
            part.unlink(missing_ok=True)
            raise AddressError("data_source_range", header=header)
        return start
    # Compared before the unfinished file is thrown away.
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) != size:
        raise AddressError("data_source_size", found=int(length), expected=size)
    return 0


def _read(response: HTTPResponse, done: int, size: int) -> bytes:
    try:
        # `read1` returns after each arrival, so that a trickle counts as slow, not as silent.
        return response.read1(_CHUNK)
    except TrickleError as error:
        # Broken off, not too slow: a new connection may fare better.
        raise BrokenOffError("data_source_slow", rate=_kilobytes(error.rate)) from None
    except (HTTPException, OSError):
        raise BrokenOffError("data_source_broke_off", done=done, size=size) from None


def _wrong_size(part: Path, received: int, size: int) -> AddressError:
    part.unlink()
    return AddressError("data_source_size", found=received, expected=size)


def _judge(received: int, seconds: float, patience: Patience) -> None:
    if seconds >= patience.judged_after and received < patience.slow * seconds:
        raise TooSlowError(received / seconds)

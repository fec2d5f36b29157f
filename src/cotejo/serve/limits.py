"""How much a client may ask for, and what it is told where it asks for too much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cotejo.errors import CotejoError, DataError
from cotejo.messages import message

__all__ = ["Limits", "Refusal", "refused_picture"]

_STATUS = {"picture_unknown": 415, "picture_too_large": 413, "picture_over_limit": 413}
"""The status of a picture that can't be read, by the error's key; 422 for all others."""


@dataclass(frozen=True)
class Limits:
    """What one server takes.

    Attributes:
        picture_bytes: of one picture.
        body_bytes: of one request.
        pixels: of one picture, decoded.
        pictures: of one request.
        waiting: pictures of all clients that wait for a network.
        held_bytes: of all requests that are being read or answered.
        idle_seconds: how long a client that is sending may send nothing.
    """

    picture_bytes: int = 25_000_000
    body_bytes: int = 100_000_000
    pixels: int = 50_000_000
    pictures: int = 64
    waiting: int = 512
    held_bytes: int = 1_000_000_000
    idle_seconds: float = 30.0


class Refusal(Exception):  # noqa: N818 — it is told to a client, and nothing went wrong here
    """A request that is not answered, with the status and the sentence that the client gets.

    Args:
        status: of HTTP.
        code: what programs can tell it by, and the sentence's key in ``serve.toml``.
        picture: the name of the picture that it is about, if it is about one.
        headers: more headers of the answer.
        **values: the sentence's.

    Example:
        >>> Refusal(422, "no_picture").body("en")["error"]["code"]
        'no_picture'
    """

    def __init__(
        self,
        status: int,
        code: str,
        *,
        picture: str | None = None,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code
        self.picture = picture
        self.headers = dict(headers or {})
        self._values = values
        self._error: CotejoError | None = None
        self._number: int | None = None

    @classmethod
    def of(
        cls,
        status: int,
        error: CotejoError,
        picture: str | None = None,
        number: int | None = None,
    ) -> Refusal:
        """Return the refusal whose sentence is that of an error of Cotejo's.

        Args:
            status: of HTTP.
            error: the error.
            picture: the name of the picture that it is about; empty if it has none.
            number: which of several pictures it is, from 1; None of one that is alone.
        """
        refusal = cls(status, error.key, picture=picture)
        refusal._error, refusal._number = error, number
        return refusal

    def body(self, language: str) -> dict[str, Any]:
        """Return what the client is told, as JSON."""
        if self._error is not None:
            error = self._error
            if self.picture == "":
                kind = "unnamed" if self._number is None else "unnamed_number"
                path = message(f"serve.{kind}", language=language, number=self._number)
                error = type(error)(error.key, **{**error.values, "path": path})
            text = error.in_language(language)
        else:
            text = message(f"serve.refusal_{self.code}", language=language, **self._values)
        said = {"code": self.code, "message": text}
        return {"error": said | ({"picture": self.picture} if self.picture is not None else {})}


def refused_picture(name: str, error: DataError, number: int | None = None) -> Refusal:
    """Return how a picture is refused that can't be read; the arguments are those of `Refusal.of`.

    Example:
        >>> refused_picture("a.txt", DataError("picture_unknown", path="a.txt")).status
        415
    """
    return Refusal.of(_STATUS.get(error.key, 422), error, name, number)

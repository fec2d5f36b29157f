"""Reading what clients send: pictures, in memory alone and within the limits.

A request's body is read as it arrives and refused as soon as it is too long. A form is taken apart
meanwhile, so that its pictures are in memory once. Nothing is written to the disk, not even for a
moment, as the forms of web frameworks do with what is larger than a megabyte.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from python_multipart.exceptions import ParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from cotejo.serve.limits import Limits, Refusal
from cotejo.texts import readable

__all__ = ["BODY", "CORRECTION_BODY", "Content", "Form", "Picture", "Uploads"]

Content: TypeAlias = bytes | bytearray

_MOST_TEXT = 10_000
"""Bytes of a field of a form that is no picture."""

_MOST_NAME = 200


@dataclass(frozen=True)
class Picture:
    """A picture that a client sent.

    Attributes:
        name: what the client calls it; only ever shown, never a path here.
        content: the bytes of its file.
    """

    name: str
    content: Content


@dataclass
class Form:
    """What a request's body holds.

    Attributes:
        pictures: in the order in which they were sent.
        fields: the other fields of a form.
    """

    pictures: list[Picture] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)


class _NamedPicture(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field("", max_length=1000, description="What it is called in the answer.")
    data: str = Field(description="The file's bytes in base64.")


class PicturesInJson(BaseModel):
    """Pictures as JSON."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    pictures: list[_NamedPicture | str] = Field(
        min_length=1, description="Each the bytes of a file in base64, or that with a name."
    )
    class_name: str | None = Field(
        None, alias="class", max_length=1000, description="Of a correction: the class's name."
    )
    label: int | None = Field(None, description="Of a correction: the class's number instead.")

    @property
    def fields(self) -> dict[str, str]:
        """What a form's other fields would be."""
        given = {"class": self.class_name, "label": self.label}
        return {name: str(value) for name, value in given.items() if value is not None}


_BINARY = {"type": "string", "format": "binary"}

_IN_BASE64 = {"type": "string", "format": "byte"}
_PICTURE_IN_JSON = {
    "anyOf": [
        _IN_BASE64,
        {
            "type": "object",
            "required": ["data"],
            "additionalProperties": False,
            "properties": {"name": {"type": "string", "maxLength": 1000}, "data": _IN_BASE64},
        },
    ]
}


def _body(**fields: Any) -> dict[str, Any]:
    """Return what OpenAPI says of a request's body that has pictures and other fields."""

    def form(picture: dict[str, Any]) -> dict[str, Any]:
        pictures = {"type": "array", "minItems": 1, "items": picture}
        properties = {"pictures": pictures, **fields}
        return {"type": "object", "properties": properties, "required": ["pictures"]}

    as_json = form(_PICTURE_IN_JSON) | {"additionalProperties": False}
    content = {
        "multipart/form-data": {"schema": form(_BINARY)},
        "application/json": {"schema": as_json},
        # A body that is a picture has no room for other fields.
        **({} if fields else {"image/*": {"schema": _BINARY}}),
    }
    return {"requestBody": {"required": True, "content": content}}


BODY = _body()
"""What a request with pictures may hold, as OpenAPI says it."""

CORRECTION_BODY = _body(
    **{"class": {"type": "string", "maxLength": 1000}, "label": {"type": "integer", "minimum": 0}}
)
"""The same for a correction: the pictures, and their class by its name or its number."""


class Uploads:
    """Reads the bodies of all requests.

    Args:
        limits: how much is read.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.held = 0
        """The bytes of all requests that are being read or answered."""

    @asynccontextmanager
    async def read(self, request: Request) -> AsyncIterator[Form]:
        """Read a request's pictures, which count as held until the block ends.

        Raises:
            Refusal: 400 or 422 for a body that says something else than it should, 408 for one
                that stops in the middle, 413 for one that is too long, 415 for one of another
                kind, 503 where all clients together hold too much.
        """
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        is_form = kind == b"multipart/form-data"
        if not is_form and kind != b"application/json" and not kind.startswith(b"image/"):
            raise Refusal(415, "content_type", received=readable(kind.decode("latin-1"))[:100])
        held = _Held(self)
        try:
            if is_form:
                form = await self._of_form(request, held, options.get(b"boundary", b""))
            elif kind == b"application/json":
                form = await self._of_json(request, held)
            else:
                form = Form([Picture("", await self._body(request, held))])
            held.becomes(sum(len(picture.content) for picture in form.pictures))
            self._check(form.pictures)
            yield form
        finally:
            held.becomes(0)

    async def _body(self, request: Request, held: _Held, times: int = 1) -> bytearray:
        body = bytearray()
        async for chunk in self._chunks(request, held, times):
            body += chunk
        return body

    async def _chunks(self, request: Request, held: _Held, times: int = 1) -> AsyncIterator[bytes]:
        """Yield a body as it comes, each byte counted as held ``times`` times."""
        most = self._limits.body_bytes
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > most:
            raise _too_long(most)
        chunks, length = request.stream(), 0
        while True:
            try:
                async with asyncio.timeout(self._limits.idle_seconds):
                    chunk = await anext(chunks, None)
            except TimeoutError as error:
                # What would still come is not waited for.
                closing = {"connection": "close"}
                seconds = round(self._limits.idle_seconds)
                raise Refusal(408, "too_slow", headers=closing, seconds=seconds) from error
            except ClientDisconnect as error:
                raise Refusal(400, "disconnected") from error
            if chunk is None:
                return
            length += len(chunk)
            if length > most:
                raise _too_long(most)
            if self.held + times * len(chunk) > self._limits.held_bytes:
                raise Refusal(503, "held", headers={"retry-after": "2"})
            held.becomes(held.size + times * len(chunk))
            yield chunk

    def _check(self, pictures: Sequence[Picture]) -> None:
        if not pictures:
            raise Refusal(422, "no_picture")
        if len(pictures) > self._limits.pictures:
            raise self._too_many()

    def _too_many(self) -> Refusal:
        return Refusal(413, "too_many_pictures", most=self._limits.pictures)

    async def _of_form(self, request: Request, held: _Held, boundary: bytes) -> Form:
        if not boundary:
            raise Refusal(400, "form", reason="boundary")
        parts = _Parts(self._limits.pictures + 16)
        try:
            parser = MultipartParser(boundary, parts.callbacks())
            async for chunk in self._chunks(request, held):
                parser.write(chunk)
            parser.finalize()
        except (ParseError, ValueError) as error:
            raise Refusal(400, "form", reason=readable(str(error))[:200]) from error
        if parts.too_many:
            raise self._too_many()
        if parts.is_open:
            raise Refusal(400, "form", reason="--")
        return parts.form

    async def _of_json(self, request: Request, held: _Held) -> Form:
        # Its texts, and then what they stand for, are in memory beside it.
        body = await self._body(request, held, times=2)
        try:
            content = PicturesInJson.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise Refusal(422, "json", place=readable(place)[:100] or "{}") from error
        body.clear()
        pictures: list[Picture] = []
        content.pictures.reverse()
        while content.pictures:
            number, given = len(pictures) + 1, content.pictures.pop()
            name, text = ("", given) if isinstance(given, str) else (given.name, given.data)
            try:
                data = base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError) as error:
                raise Refusal(422, "base64", number=number) from error
            pictures.append(Picture(_shown(name), data))
        return Form(pictures, content.fields)


class _Held:
    """How much one request holds of what all may."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self.size = 0

    def becomes(self, size: int) -> None:
        self._uploads.held += size - self.size
        self.size = size


class _Parts:
    """Collects the parts of a form, as the parser finds them."""

    def __init__(self, most: int) -> None:
        self.form = Form()
        self.too_many = False
        self.is_open = True
        self._most, self._count = most, 0
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value, self._data = bytearray(), bytearray(), bytearray()

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header,
            "on_part_data": self._part,
            "on_part_end": self._end,
            "on_end": self._close,
        }

    def _begin(self) -> None:
        self._headers = {}
        self._data = bytearray()
        self._count += 1
        self.too_many = self._count > self._most

    def _header(self) -> None:
        self._headers[bytes(self._name).lower()] = bytes(self._value)
        self._name, self._value = bytearray(), bytearray()

    def _part(self, data: bytes, start: int, end: int) -> None:
        if not self.too_many:
            self._data += memoryview(data)[start:end]

    def _end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        file = options.get(b"filename")
        if self.too_many:
            return
        if file is not None:
            # A field for files that was left empty has neither a name nor a byte.
            if file or self._data:
                name = _shown(file.decode(errors="replace"))
                self.form.pictures.append(Picture(name, self._data))
            return
        name = options.get(b"name", b"").decode(errors="replace")
        self.form.fields[name] = bytes(self._data[:_MOST_TEXT]).decode(errors="replace")

    def _close(self) -> None:
        self.is_open = False


def _shown(name: str) -> str:
    return readable(name)[-_MOST_NAME:]


def _too_long(most: int) -> Refusal:
    return Refusal(413, "too_long", megabytes=most // 1_000_000)

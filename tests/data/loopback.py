"""A server on loopback that misbehaves on request."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Server:
    """Serves a file, each request in the manner that its turn says.

    What is served is the same at any address, or depends on the last part of the address.
    """

    content: bytes
    manners: list[str]  # one a request; the last stays
    ranges: list[str | None] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    files: dict[str, bytes] | None = None  # by name; any other is not there

    def next_manner(self) -> str:
        return self.manners.pop(0) if len(self.manners) > 1 else self.manners[0]


class Handler(BaseHTTPRequestHandler):
    server: Loopback

    def do_GET(self) -> None:
        script = self.server.script
        script.ranges.append(self.headers.get("Range"))
        manner = script.next_manner()
        published = script.content
        if script.files is not None:
            published = script.files.get(self.path.rpartition("/")[2], b"")
            manner = manner if published else "404"
        if manner in ("404", "503"):
            self.send_error(int(manner))
            return
        if manner in ("to a file", "to a closed port"):
            self.send_response(302)
            where = "file:///etc/passwd" if manner == "to a file" else closed_address()
            self.send_header("Location", where)
            self.end_headers()
            return
        if manner == "silent":
            self.server.script.closing.wait(10)
        if manner in ("silent", "hang up"):
            self.close_connection = True
            return
        if manner == "trickling headers":
            self._trickle(b"HTTP/1.1 200 " + b"O" * 10_000)
            return
        content = bytes(len(published)) if manner == "wrong" else published
        if manner == "page":
            content = b"<html>please log in</html>"
        start = 0
        asked = self.headers.get("Range")
        if asked and not manner.endswith("always"):
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if manner == "other range":
                start += 1
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        rest = content[start:]
        if manner != "endless":
            self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self._send(rest, manner)

    def _send(self, rest: bytes, manner: str) -> None:
        if manner in ("break", "stall"):
            rest = rest[: len(rest) // 2]
        if manner == "break, always":  # at another point each time
            rest = rest[: len(rest) // (3 - len(self.server.script.ranges) % 2)]
        if manner == "empty":
            return
        if manner == "trickle":
            self._trickle(rest)
            return
        if manner == "endless":
            rest = rest * 3
        if manner != "slow":
            self.wfile.write(rest)
        for at in range(0, len(rest) if manner == "slow" else 0, 20_000):
            self.wfile.write(rest[at : at + 20_000])
            self.wfile.flush()
            self.server.script.closing.wait(0.02)
        if manner == "stall":
            self.server.script.closing.wait(10)

    def _trickle(self, content: bytes) -> None:
        """Send a byte now and then, as long as there is a reader."""
        for at in range(len(content)):
            if self.server.script.closing.is_set():
                return
            try:
                self.wfile.write(content[at : at + 1])
                self.wfile.flush()
            except OSError:
                return
            self.server.script.closing.wait(0.01)

    def log_message(self, *_: object) -> None:
        pass


def closed_address() -> str:
    """An address of this machine at which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}/"


class Loopback(ThreadingHTTPServer):
    script: Server

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is part of the tests."""

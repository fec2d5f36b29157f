"""The gate that every request passes: is it heard, how long did it take, what is it sent with.

It is an ASGI application around the other, so that it costs next to nothing.
"""

from __future__ import annotations

import time
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cotejo.serve.figures import Figures
from cotejo.serve.language import language_of
from cotejo.serve.limits import Refusal
from cotejo.serve.pages import token_page
from cotejo.serve.security import HEADERS, Guard

__all__ = ["Gate"]

_OWN = [(name.encode(), value.encode()) for name, value in HEADERS.items()]


class Gate:
    """Passes on the requests that are heard.

    Args:
        app: answers them.
        guard: decides which.
        figures: counts them.
        root_path: under which path a proxy shows the server, such as ``/cotejo``. The proxy may
            take it away from the paths of requests or leave it.
    """

    def __init__(self, app: ASGIApp, guard: Guard, figures: Figures, root_path: str = "") -> None:
        self._app = app
        self._guard = guard
        self._figures = figures
        self._root_path = root_path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass on what is none."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500
        root = self._root_path
        path: str = scope["path"]
        if root:
            bare = path.removeprefix(root) if path.startswith(f"{root}/") else path
            scope = {**scope, "root_path": root, "path": root + bare}
            path = bare

        async def sending(event: Message) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                headers = list(event.get("headers", []))
                present = {name for name, _ in headers}
                headers += [pair for pair in _OWN if pair[0] not in present]
                event = {**event, "headers": headers}
            await send(event)

        try:
            refused = self._refused(scope, path)
            await (refused or self._app)(scope, receive, sending)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._figures.requests.labels(route, str(status)).inc()
            self._figures.seconds.labels(route).observe(time.perf_counter() - started)

    def _refused(self, scope: Scope, path: str) -> Any:
        headers = Headers(scope=scope)
        cookies = cookie_parser(headers.get("cookie", ""))
        try:
            self._guard.check(scope["method"], path, headers, cookies)
        except Refusal as refusal:
            if refusal.status == 401 and "text/html" in headers.get("accept", ""):
                return token_page(Request(scope), 401)
            spoken = language_of(headers, cookies)
            return JSONResponse(refusal.body(spoken), refusal.status, headers=refusal.headers)
        return None

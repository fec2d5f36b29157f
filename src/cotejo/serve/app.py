"""The application: routes, pages, the gate before them, and what becomes of errors."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from cotejo import __version__
from cotejo.errors import CotejoError
from cotejo.serve import api, pages, study_api
from cotejo.serve.gate import Gate
from cotejo.serve.limits import Refusal
from cotejo.serve.security import HEADERS, Guard
from cotejo.serve.service import Service, language

__all__ = ["create_app"]


def create_app(
    service: Service,
    *,
    hosts: Iterable[str] = (),
    token: str | None = None,
    root_path: str = "",
) -> FastAPI:
    """Return the ASGI application of a service.

    Args:
        service: the models and studies.
        hosts: names, beside those of this machine, by which clients may call the server.
        token: what every request must carry; None if nothing.
        root_path: under which path a proxy shows the server.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service.start()
        try:
            yield
        finally:
            service.close()

    app = FastAPI(
        title="Cotejo",
        version=__version__,
        lifespan=lifespan,
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        # Nothing is told to anybody else of what is asked here.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.service = service
    app.state.guard = guard = Guard(hosts, token)
    app.include_router(api.router)
    app.include_router(study_api.router)
    app.include_router(pages.router)
    app.mount("/static", pages.static_files())
    app.add_middleware(Gate, guard=guard, figures=service.figures, root_path=root_path)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(CotejoError, _failed)
    app.add_exception_handler(HTTPException, _of_framework)
    app.add_exception_handler(Exception, _broken)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101
    return JSONResponse(error.body(language(request)), error.status, headers=error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"][1:] or first["loc"]))[:100]
    if first["type"] == "missing":
        return await _refused(request, Refusal(422, "missing", place=place))
    received = str(first.get("input"))[:100]
    # What pydantic says is English; what can be taken is in the description of the API.
    return await _refused(request, Refusal(422, "value", place=place, received=received))


async def _failed(request: Request, error: Exception) -> Response:
    """Answer where a study's folder, say, is not as it was written."""
    assert isinstance(error, CotejoError)  # noqa: S101
    return await _refused(request, Refusal.of(422, error))


async def _broken(request: Request, error: Exception) -> Response:
    """Answer where the server failed; the error itself goes to its operator, not to the client."""
    refusal = Refusal(500, "broken", headers=HEADERS)
    return await _refused(request, refusal)


async def _of_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    known = {404: "not_found", 405: "method"}
    code = known.get(error.status_code, "request")
    refusal = Refusal(error.status_code, code, headers=error.headers)
    return await _refused(request, refusal)

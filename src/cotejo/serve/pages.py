"""The pages for browsers: filled in here in the browser's language, moved by small modules.

They load nothing from elsewhere. Their scripts are files, as are their styles, so that the header
``Content-Security-Policy`` allows no others. What the scripts say comes with the page, from the
catalogue.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from cotejo.messages import LANGUAGES, message
from cotejo.serve.language import COOKIE
from cotejo.serve.limits import Refusal
from cotejo.serve.security import TOKEN_COOKIE, Guard
from cotejo.serve.service import language, service_of

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["router", "static_files", "token_page"]

router = APIRouter(include_in_schema=False)

_VALUES = ("name", "count", "total", "class", "percent", "epoch", "epochs", "time")
"""What the sentences that scripts say may name; the scripts fill it in."""

_WORDS_OF_USE = (
    "serve.js_candidates", "serve.js_candidates_one", "serve.js_class", "serve.js_corrected",
    "serve.js_done", "serve.js_error", "serve.js_explain", "serve.js_explained", "serve.js_file",
    "serve.js_looking", "serve.js_nearest", "serve.js_no_pictures",
    "serve.js_offline", "serve.js_picture", "serve.js_right_class",
    "serve.js_seen", "serve.js_unlike", "serve.js_unlike_warning", "serve.js_unread",
    "serve.js_explained_for", "serve.js_explaining", "serve.js_nearest_wait",
)  # fmt: skip
_WORDS_OF_STUDIES = (
    "serve.js_accuracy", "serve.js_all", "serve.js_alternative", "serve.js_confirmed",
    "serve.js_data", "serve.js_dismissed", "serve.js_epoch", "serve.js_epoch_of",
    "serve.js_error", "serve.js_image", "serve.js_interval", "serve.js_is", "serve.js_left",
    "serve.js_loss", "serve.js_mistakes_none", "serve.js_mistakes_shown",
    "serve.js_no_comparison", "serve.js_no_studies", "serve.js_offline", "serve.js_parameters",
    "serve.js_points", "serve.js_probability_of", "serve.js_place_test",
    "serve.js_place_train", "serve.js_place_valid", "serve.js_report", "serve.js_runs",
    "serve.js_said", "serve.js_search", "serve.js_search_best", "serve.js_search_failed",
    "serve.js_search_running", "serve.js_search_stopped",
    "serve.js_seconds", "serve.js_seed", "serve.js_settings",
    "serve.js_suspects_done", "serve.js_suspects_left", "serve.js_test", "serve.js_train",
    "serve.js_training", "serve.js_undecided", "serve.js_valid", "serve.js_valid_accuracy",
    "serve.js_verdict_better", "serve.js_verdict_equal", "serve.js_verdict_open",
    "serve.js_verdict_smaller", "serve.js_worker",
)  # fmt: skip


@router.get("/")
def start(request: Request) -> Response:
    """Show the page to use a model, or that of the studies where no model is served."""
    service, spoken = service_of(request), _spoken(request)
    if not len(service.models):
        return RedirectResponse(_root(request) + "/studies", 303)
    cards = [
        {
            "name": each.name,
            "title": each.title(spoken),
            "explains": each.can_explain,
            "nearest": each.can_find_nearest,
        }
        for each in service.models
    ]
    about = {
        "models": cards,
        "collects": service.collect is not None,
        "classes": {each.name: list(each.names(spoken)) for each in service.models},
        "most": service.limits.pictures,
    }
    return _page(request, "use.html", _WORDS_OF_USE, about)


@router.get("/studies")
def studies(request: Request) -> Response:
    """Show the studies."""
    return _page(request, "studies.html", _WORDS_OF_STUDIES, {})


@router.get("/studies/{name}")
def study(request: Request, name: str) -> Response:
    """Show one study."""
    found = service_of(request).studies.find(name)
    about = {"study": name}
    return _page(
        request, "study.html", _WORDS_OF_STUDIES, about, heading=found.title(_spoken(request))
    )


@router.get("/token")
def token_form(request: Request) -> Response:
    """Ask for the token."""
    return token_page(request, 200)


@router.post("/token")
async def give_token(request: Request) -> Response:
    """Take the token from the form and keep in a cookie that it was given."""
    guard: Guard = request.app.state.guard
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > 10_000:
            raise Refusal(413, "too_long", megabytes=0.01)
    given = parse_qs(body.decode(errors="replace")).get("token", [""])[0]
    if not guard.is_token(given):
        return token_page(request, 401)
    answer = RedirectResponse(_root(request) + "/", 303)
    answer.set_cookie(
        TOKEN_COOKIE, guard.cookie, path=_root(request) or "/", httponly=True, samesite="strict"
    )
    return answer


def token_page(request: Request, status: int) -> Response:
    """Return the page that asks a browser for the token."""
    return _page(request, "token.html", (), {}, status=status)


def static_files() -> StaticFiles:
    """Return the application that sends styles and scripts."""
    return StaticFiles(directory=str(files("cotejo.serve") / "static"))


def _page(
    request: Request,
    template: str,
    words: tuple[str, ...],
    about: dict[str, Any],
    status: int = 200,
    **values: Any,
) -> Response:
    spoken = _spoken(request)
    blanks = {name: f"{{{name}}}" for name in _VALUES}
    said = {key.removeprefix("serve.js_"): message(key, language=spoken, **blanks) for key in words}
    service = service_of(request)
    root = _root(request)
    content = (
        _environment(spoken)
        .get_template(template)
        .render(
            language=spoken,
            languages=LANGUAGES,
            root=root,
            here=template,
            has_models=len(service.models) > 0,
            has_studies=bool(service.studies),
            data=_embedded({"root": root, "language": spoken, "words": said, **about}),
            about=about,
            **values,
        )
    )
    answer = HTMLResponse(
        content, status, headers={"cache-control": "no-store", "vary": "accept-language, cookie"}
    )
    if request.query_params.get("lang") == spoken:
        answer.set_cookie(COOKIE, spoken, max_age=31_536_000, path=root or "/", samesite="lax")
    return answer


def _spoken(request: Request) -> str:
    """Return the language of a page: the one that its switch asks for, else the client's."""
    asked = request.query_params.get("lang")
    return asked if asked in LANGUAGES else language(request)


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _embedded(data: dict[str, Any]) -> Markup:
    """Return data as JSON that can stand in a page: nothing in it ends its element."""
    from markupsafe import Markup

    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
    return Markup(text)  # noqa: S704 — both characters that HTML would obey are escaped


@cache
def _environment(spoken: str) -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    folder = files("cotejo.serve") / "templates"
    environment = Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["say"] = lambda key, **values: message(key, language=spoken, **values)
    return environment

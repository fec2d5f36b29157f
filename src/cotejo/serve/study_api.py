"""What the pages of studies ask for: their tables, curves, mistakes and suspected labels."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse, JSONResponse, Response

from cotejo.data.audit import Verdict
from cotejo.errors import OutputError
from cotejo.serve.limits import Refusal
from cotejo.serve.pixels import png
from cotejo.serve.reviewing import decide, suspect_image, suspects
from cotejo.serve.schemas import error_responses
from cotejo.serve.service import language, service_of
from cotejo.serve.studies import ServedStudy
from cotejo.store import ReportFile

__all__ = ["router"]

# Plain functions, which are called in threads: they read files.
router = APIRouter(responses=error_responses(404, 422))

_IMAGE_SIDE = 128
_IMAGE_SECONDS = 300
_REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "sandbox allow-same-origin allow-downloads allow-popups"
)
"""Of a report, which has its styles within and needs no script: no stranger's runs in it."""

Name = Annotated[str, InPath(max_length=300)]
Alternative = Annotated[str, InPath(max_length=300)]
Number = Annotated[int, InPath(ge=0, le=2**31 - 1)]
SplitName = Literal["train", "valid", "test"]


@router.get("/v1/studies", summary="The studies in the folders that are served")
def studies(request: Request) -> Response:
    """Return a line about each study. One whose files can't be read says why."""
    spoken, rows = language(request), []
    for study in service_of(request).studies:
        try:
            rows.append(study.about(spoken))
        except OutputError as error:
            rows.append({"study": study.name, "error": error.in_language(spoken)})
    return JSONResponse({"studies": rows})


@router.get("/v1/studies/{study}", summary="A study's alternatives, runs and comparisons")
def details(request: Request, study: Name) -> Response:
    """Return what is known of a study so far."""
    found = _found(request, study)
    return JSONResponse(found.details(language(request)))


@router.get("/v1/studies/{study}/progress", summary="How far a study is that trains")
def progress(request: Request, study: Name) -> Response:
    """Return its plan, searches, running runs and the time left; null where nothing trains."""
    return JSONResponse({"progress": _found(request, study).progress()})


@router.get("/v1/studies/{study}/curves", summary="The epochs of a study's runs")
def curves(request: Request, study: Name) -> Response:
    """Return the history of each finished run, and of those that train."""
    return JSONResponse({"curves": _found(request, study).curves()})


@router.get(
    "/v1/studies/{study}/mistakes/{alternative}/{seed}", summary="The mistakes that a run keeps"
)
def mistakes(request: Request, study: Name, alternative: Alternative, seed: Number) -> Response:
    """Return the test images that a run misread, the surest first."""
    kept = _found(request, study).mistakes(alternative, seed)
    return JSONResponse({"mistakes": [vars(each) for each in kept]})


@router.get(
    "/v1/studies/{study}/mistakes/{alternative}/{seed}/{position}/image",
    response_class=Response,
    summary="The image of a mistake",
)
def mistake_image(
    request: Request, study: Name, alternative: Alternative, seed: Number, position: Number
) -> Response:
    """Return the image as PNG."""
    image = _found(request, study).mistake_image(alternative, seed, position)
    return _png(image)


@router.get("/v1/studies/{study}/suspects", summary="The labels that the audit suspects")
def suspected(request: Request, study: Name) -> Response:
    """Return the suspected labels, the strongest case first, with what was said of them."""
    return JSONResponse({"suspects": suspects(_found(request, study).folder)})


@router.get(
    "/v1/studies/{study}/suspects/{split}/{index}/image",
    response_class=Response,
    summary="The image of a suspected label",
)
def suspected_image(request: Request, study: Name, split: SplitName, index: Number) -> Response:
    """Return the image as PNG."""
    return _png(suspect_image(_found(request, study).folder, split, index))


@router.put("/v1/studies/{study}/suspects/{split}/{index}", summary="Confirm or dismiss a label")
def decided(
    request: Request, study: Name, split: SplitName, index: Number, verdict: Verdict
) -> Response:
    """Keep in `review.csv` what a person says of a suspected label: whether it is wrong indeed."""
    decide(_found(request, study).folder, split, index, verdict)
    return JSONResponse({"verdict": verdict})


@router.delete("/v1/studies/{study}/suspects/{split}/{index}", summary="Take back what was said")
def undecided(request: Request, study: Name, split: SplitName, index: Number) -> Response:
    """Leave a suspected label undecided again."""
    decide(_found(request, study).folder, split, index, None)
    return JSONResponse({"verdict": None})


@router.get("/studies/{study}/files/{name}", include_in_schema=False)
def file(request: Request, study: Name, name: str) -> Response:
    """Return the report, or one of the tables that it names."""
    folder = _found(request, study).folder
    path = folder / name
    is_report = name == ReportFile.PAGE
    if not (is_report or name == ReportFile.NUMBERS or name.endswith(".csv")):
        raise Refusal(404, "not_found")
    # Not what a link of that name leads to elsewhere.
    if "/" in name or "\\" in name or not path.is_file() or path.is_symlink():
        raise Refusal(404, "not_found")
    headers: dict[str, Any] = {"cache-control": "no-store"}
    if is_report:
        headers["content-security-policy"] = _REPORT_POLICY
    kind = "text/html" if is_report else None
    return FileResponse(path, headers=headers, media_type=kind)


def _found(request: Request, name: str) -> ServedStudy:
    return service_of(request).studies.find(name)


def _png(image: Any) -> Response:
    # For as long as one looks at a page; a run that is trained anew keeps other mistakes.
    headers = {"cache-control": f"private, max-age={_IMAGE_SECONDS}"}
    return Response(png(image, _IMAGE_SIDE), media_type="image/png", headers=headers)

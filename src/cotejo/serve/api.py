"""The API for programs: ``/v1/predict``, ``/v1/explain``, the models, and the server's health."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from cotejo.serve.collecting import keep
from cotejo.serve.limits import Refusal
from cotejo.serve.pixels import explained, nearest
from cotejo.serve.schemas import (
    Correction,
    Explanation,
    ModelList,
    Predictions,
    error_responses,
    said_of,
)
from cotejo.serve.service import language, service_of
from cotejo.serve.uploads import BODY, CORRECTION_BODY

__all__ = ["router"]

router = APIRouter()

_REFUSED = error_responses(404, 408, 413, 415, 422, 429, 503)

ModelName = Annotated[
    str | None,
    Query(alias="model", max_length=500, description="A model's name; the first if left out."),
]
Top = Annotated[
    int | None, Query(ge=1, le=100_000, description="How many classes of each; all if left out.")
]


@router.post(
    "/v1/predict",
    response_model=Predictions,
    responses=_REFUSED,
    openapi_extra=BODY,
    summary="What pictures show",
)
async def predict(request: Request, model: ModelName = None, top: Top = None) -> Response:
    """Say what one or many pictures show.

    Pictures come as a form (`multipart/form-data`, any field with a file), as JSON in base64, or
    one as the body itself (`image/…`). One that can't be read has an `error` in its place, and the
    others are answered. If none can be read, the status is that of the first.
    """
    service, spoken = service_of(request), language(request)
    served = service.models.find(model)
    async with service.uploads.read(request) as form:
        decoded = await service.decoder.decode(form.pictures, served)
        readable = [image for image in decoded if not isinstance(image, Refusal)]
        refused = [image for image in decoded if isinstance(image, Refusal)]
        service.figures.pictures.labels("refused").inc(len(refused))
        if not readable:
            raise refused[0]
        said = iter(await service.batcher.ask(served.model, np.stack(readable)))
        service.figures.pictures.labels("answered").inc(len(readable))
        results: list[dict[str, Any]] = []
        for picture, image in zip(form.pictures, decoded, strict=True):
            if isinstance(image, Refusal):
                results.append({"picture": picture.name, **image.body(spoken)})
            else:
                results.append(said_of(served, picture.name, next(said), top, spoken))
    # As it is: checking thousands of numbers against the schema would take longer than the network.
    return JSONResponse({"model": served.name, "results": results})


@router.post(
    "/v1/explain",
    response_model=Explanation,
    responses=_REFUSED,
    openapi_extra=BODY,
    summary="Where a model looked",
)
async def explain(
    request: Request,
    model: ModelName = None,
    class_name: Annotated[
        str | None,
        Query(
            alias="class",
            max_length=500,
            description="A class's name, or its number where none is called so.",
        ),
    ] = None,
    label: Annotated[
        int | None,
        Query(ge=0, description="A class's number; the likeliest class without it and `class`."),
    ] = None,
    count: Annotated[
        int,
        Query(
            alias="nearest",
            ge=0,
            le=50,
            description="How many training images that look alike are to be shown.",
        ),
    ] = 0,
) -> Response:
    """Say where in a picture the model found what speaks for a class, and against it."""
    service, spoken = service_of(request), language(request)
    served = service.models.find(model)
    if not served.can_explain:
        raise Refusal(422, "no_explanation", name=served.name)
    position = served.label(class_name, label, spoken)
    async with service.uploads.read(request) as form:
        if len(form.pictures) > 1:
            raise Refusal(422, "one_picture", received=len(form.pictures))
        (decoded,) = await service.decoder.decode(form.pictures, served)
        if isinstance(decoded, Refusal):
            raise decoded
        name = form.pictures[0].name
    if position is None:
        (answer,) = await service.batcher.ask(served.model, decoded[np.newaxis])
        position = answer.classes[0]
    content = await service.batcher.run(lambda: explained(served, decoded, position))
    wanted = count > 0 and served.can_find_nearest
    awaited = wanted and not service.training_images.are_known(served)
    alike = None
    if wanted and not awaited:
        alike = await service.batcher.run(lambda: nearest(served, decoded, count, spoken))
    described = {
        "model": served.name,
        "picture": name,
        "class": served.names("en")[position],
        "shown": served.names(spoken)[position],
        "label": position,
        "nearest": alike,
        "nearest_awaited": awaited,
    }
    return JSONResponse(described | content)


@router.post(
    "/v1/corrections",
    response_model=Correction,
    responses=_REFUSED,
    openapi_extra=CORRECTION_BODY,
    summary="Keep pictures under their right class",
)
async def correct(request: Request, model: ModelName = None) -> Response:
    """Keep pictures under the class that a person says they show, if the server was told where.

    The class is the field `class` of the form or of the JSON, its name; or `label`, its number.
    """
    service, spoken = service_of(request), language(request)
    if service.collect is None:
        raise Refusal(404, "no_collecting")
    served = service.models.find(model)
    async with service.uploads.read(request) as form:
        position = served.label(form.fields.get("class"), form.fields.get("label"), spoken)
        if position is None:
            raise Refusal(422, "missing", place="class")
        # Decoded first: what is kept is a data set, which bad pictures would spoil.
        for image in await service.decoder.decode(form.pictures, served):
            if isinstance(image, Refusal):
                raise image
        names = served.names("en")
        for picture in form.pictures:
            await service.decoder.run(keep, service.collect, names, position, picture.content)
        return JSONResponse({"class": names[position], "kept": len(form.pictures)})


@router.get(
    "/v1/models", response_model=ModelList, responses=error_responses(), summary="The models"
)
async def models(request: Request) -> Response:
    """Return the models that answer here, the default first."""
    service = service_of(request)
    cards = [
        {
            "name": served.name,
            "classes": {spoken: list(names) for spoken, names in served.model.class_names.items()},
            "image_shape": list(served.model.image_shape),
            "fit": served.fit,
            "explains": served.can_explain,
            "finds_nearest": served.can_find_nearest,
        }
        for served in service.models
    ]
    return JSONResponse({"models": cards, "collects": service.collect is not None})


@router.get("/healthz", response_class=PlainTextResponse, summary="Whether the server lives")
async def healthz() -> Response:
    """Answer, which says all."""
    return PlainTextResponse("ok\n")


@router.get(
    "/readyz",
    response_class=PlainTextResponse,
    responses={503: {"description": "The models are warming up, one failed, or it is closing."}},
    summary="Whether it can answer at once",
)
async def readyz(request: Request) -> Response:
    """Say whether the models are loaded and warm, or which of them failed."""
    service = service_of(request)
    if service.failed:
        return PlainTextResponse(f"failed: {', '.join(service.failed)}\n", 503)
    ready = service.is_ready
    return PlainTextResponse("ready\n" if ready else "not ready\n", 200 if ready else 503)


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses=error_responses(),
    summary="Figures for Prometheus",
)
async def metrics(request: Request) -> Response:
    """Return the server's figures in Prometheus's text form."""
    return Response(
        service_of(request).figures.text(), media_type="text/plain; version=0.0.4; charset=utf-8"
    )

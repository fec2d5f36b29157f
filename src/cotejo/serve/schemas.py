"""What the API answers, as OpenAPI describes it."""

from __future__ import annotations

from itertools import islice
from typing import Any

from pydantic import BaseModel, Field

from cotejo.serve.models import Answer, Served

__all__ = [
    "Correction",
    "Explanation",
    "ModelList",
    "Neighbour",
    "Predictions",
    "error_responses",
    "said_of",
]


class ClassProbability(BaseModel):
    """One class and how probable it is."""

    name: str = Field(alias="class", description="The class's English name, the same for all.")
    shown: str = Field(description="Its name in the client's language.")
    label: int = Field(ge=0, description="Its number.")
    probability: float = Field(ge=0, le=1)


class ErrorDetail(BaseModel):
    """What was wrong, what was expected, and what to do."""

    code: str = Field(description="What programs can tell it by.")
    message: str = Field(description="For people, in the client's language.")
    picture: str | None = None


class Problem(BaseModel):
    """Why there is no answer."""

    error: ErrorDetail


class PictureResult(BaseModel):
    """What a model says of one picture, or why it could not be read."""

    picture: str = Field(description="What the client called it; empty if it has no name.")
    classes: list[ClassProbability] | None = Field(None, description="The likeliest first.")
    candidates: list[str] | None = Field(
        None, description="The classes that can't be ruled out; null if the model does not say."
    )
    unlike: bool | None = Field(
        None, description="Whether it is unlike anything it has learned; null if unknown."
    )
    unlikeness: float | None = None
    error: ErrorDetail | None = None


class Predictions(BaseModel):
    """What a model says of pictures, in their order."""

    model: str
    results: list[PictureResult]


class ModelCard(BaseModel):
    """A model that is served."""

    name: str
    classes: dict[str, list[str]] = Field(description="Their names by language, in label order.")
    image_shape: list[int] = Field(description="Height, width and channels of what it looks at.")
    fit: str = Field(description="What is done with a picture of other proportions.")
    explains: bool
    finds_nearest: bool


class ModelList(BaseModel):
    """The models that are served; the first answers who names none."""

    models: list[ModelCard]
    collects: bool = Field(description="Whether corrections are kept.")


class Neighbour(BaseModel):
    """A training image that looks alike to the model."""

    image: str = Field(description="A PNG as a data URL.")
    shown: str = Field(description="Its class's name in the client's language.")
    likeness: float = Field(description="The cosine between what the model makes of both.")


class Explanation(BaseModel):
    """Where a model looked for one class."""

    model: str
    picture: str
    name: str = Field(alias="class")
    shown: str
    label: int
    method: str
    seen: str = Field(description="The picture as the model sees it: a PNG as a data URL.")
    overlay: str = Field(description="The same under its map: a PNG as a data URL.")
    map: list[list[float]] = Field(description="One row per row of pixels; above 0: for the class.")
    nearest: list[Neighbour] | None = Field(
        None, description="Training images that look alike; null if not asked for, or not here."
    )
    nearest_awaited: bool = Field(
        description="Whether they are still being looked through: ask again in a moment."
    )


class Correction(BaseModel):
    """Pictures that were kept under the class that a person gave them."""

    name: str = Field(alias="class")
    kept: int = Field(ge=0, description="How many were kept, counting those kept before.")


_MEANINGS = {
    400: "The request can't be read.",
    401: "The token is missing or wrong.",
    403: "The request comes from another site.",
    404: "There is no such model or page.",
    408: "The upload stopped in the middle.",
    413: "A picture, or all of them, are too large or too many.",
    415: "The content, or a picture, is of a kind that is not read.",
    422: "A picture or a value can't be used.",
    429: "Too many pictures are waiting; try again in a moment.",
    503: "The server is closing or full; try again.",
}


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the answers of OpenAPI for refusals."""
    return {
        status: {"model": Problem, "description": _MEANINGS[status]}
        for status in (400, 401, 403, *statuses)
    }


def said_of(
    served: Served, picture: str, answer: Answer, top: int | None, language: str
) -> dict[str, Any]:
    """Return a `PictureResult` as JSON, without the cost of a model for each number."""
    names, shown = served.names("en"), served.names(language)
    return {
        "picture": picture,
        "classes": [
            {
                "class": names[label],
                "shown": shown[label],
                "label": label,
                "probability": round(min(max(probability, 0.0), 1.0), 6),
            }
            for label, probability in islice(
                zip(answer.classes, answer.probabilities, strict=True), top
            )
        ],
        "candidates": None
        if answer.candidates is None
        else [names[label] for label in answer.candidates],
        "unlike": None if answer.unlike is None else bool(answer.unlike),
        "unlikeness": None if answer.unlikeness is None else round(float(answer.unlikeness), 6),
        "error": None,
    }

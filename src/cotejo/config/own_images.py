"""How somebody's own images are read: the table ``[data]`` of a study, the flags of a command."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from cotejo.config.checking import Frozen

__all__ = ["OwnImages"]


class OwnImages(Frozen):
    """How a folder, a table or an archive with pictures is read.

    Attributes:
        image_size: the side that all pictures get, in pixels; None to choose it from them.
        fit: what is done with a picture that is not square: ``"pad"`` adds black borders,
            ``"crop"`` takes its middle, ``"stretch"`` changes its proportions.
        group_by: the column of a table, or a regular expression for paths, that tells which
            pictures stay on one side of the split, such as those of one patient.
        strict: whether a picture that can't be used is an error.
        split_seed: chooses the split where the data has none.
        review: a ``review.csv``, or the folder that holds it: training and validation images
            whose labels a person confirmed to be wrong are left out.

    Example:
        >>> OwnImages(image_size=64).fit
        'pad'
    """

    image_size: Annotated[int, Field(ge=4, le=1024)] | None = None
    fit: Literal["pad", "crop", "stretch"] = "pad"
    group_by: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    strict: bool = False
    split_seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    review: Annotated[str, Field(min_length=1, max_length=4000)] | None = None

    def given(self) -> dict[str, Any]:
        """Return what differs from the defaults, by name."""
        return self.model_dump(exclude_defaults=True)

"""``cotejo train``: train a study of one alternative, given by options."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from cotejo.cli.options import (
    Author,
    Data,
    DataFolder,
    Debug,
    Final,
    FitOption,
    Folds,
    GroupBy,
    ImageSize,
    Language,
    Out,
    Overrides,
    Quick,
    Seeds,
    Strict,
    Title,
    Track,
    heading,
    study_data,
)
from cotejo.errors import ConfigError

__all__ = ["train"]

_AUTO = "auto"
"""In place of a recipe's name: the one that suits the data."""


def train(
    recipe: Annotated[
        str | None, typer.Option("--recipe", metavar="NAME", show_default=False)
    ] = None,
    budget: Annotated[
        str | None, typer.Option("--budget", metavar="TIME", show_default=False)
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", show_default=False)
    ] = None,
    augment: Annotated[
        str | None, typer.Option("--augment", metavar="NAME", show_default=False)
    ] = None,
    optimizer: Annotated[
        str | None, typer.Option("--optimizer", metavar="NAME", show_default=False)
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option("--learning-rate", metavar="NUMBER", show_default=False)
    ] = None,
    schedule: Annotated[
        str | None, typer.Option("--schedule", metavar="NAME", show_default=False)
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option("--batch-size", metavar="N", show_default=False)
    ] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", metavar="N", show_default=False)] = None,
    early_stopping: Annotated[
        int | None, typer.Option("--early-stopping", metavar="N", show_default=False)
    ] = None,
    precision: Annotated[
        str | None, typer.Option("--precision", metavar="NAME", show_default=False)
    ] = None,
    overrides: Overrides = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", show_default=False)] = None,
    data: Data = None,
    data_dir: DataFolder = None,
    image_size: ImageSize = None,
    fit: FitOption = None,
    group_by: GroupBy = None,
    strict: Strict = False,
    seeds: Seeds = None,
    folds: Folds = None,
    out: Out = None,
    quick: Quick = False,
    final: Final = False,
    track: Track = None,
    title: Title = None,
    author: Author = None,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Train one alternative and write its report."""
    from cotejo.cli.choosing import of_alternative, train_in_time, train_suited
    from cotejo.cli.training import train_and_report
    from cotejo.config import Settings, StudyConfig
    from cotejo.config.names import name_of
    from cotejo.study import Study
    from cotejo.study.tracking import Tracking

    tracking = Tracking(track or ())
    flags = {
        "recipe": recipe,
        "model": model,
        "augment": augment,
        "optimizer": optimizer,
        "learning_rate": learning_rate,
        "schedule": schedule,
        "batch_size": batch_size,
        "epochs": epochs,
        "early_stopping": early_stopping,
        "precision": precision,
    }
    started = time.perf_counter()
    given = {key: value for key, value in flags.items() if value is not None}
    model_name = model or str(Settings.default("model"))
    own_name = name or name_of(Path(recipe).stem if recipe else model_name, "train")
    content: dict[str, Any] = {"name": own_name, "alternative": [{"name": own_name, **given}]}
    if (chosen := study_data(data, image_size, fit, group_by, strict)) is not None:
        content["data"] = chosen
    if seeds is not None:
        content["seeds"] = seeds
    if folds is not None:
        content["folds"] = folds
    if given_heading := heading(title, author):
        content["report"] = given_heading
    if budget is not None:
        more = {"seeds": seeds, "folds": folds, "set": overrides, "quick": quick or None}
        planned = {**given, **more}
        for option in ("recipe", "model", "epochs", *more):
            if planned.get(option) is not None:
                raise ConfigError("budget_and_recipe", option=option)
        return train_in_time(budget, started, content, name, data_dir, out, final, tracking)
    if recipe == _AUTO:
        return train_suited(content, name, overrides, data_dir, out, quick, final, tracking)
    study = Study(StudyConfig.parse(content, of_alternative(own_name, overrides)))
    return train_and_report(
        study, track=tracking, out=out, data_dir=data_dir, quick=quick, final=final
    )

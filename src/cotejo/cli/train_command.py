"""``cotejo train``: a study of one alternative, from flags."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cotejo.cli.options import (
    Data,
    DataFolder,
    Debug,
    Final,
    Language,
    Out,
    Overrides,
    Quick,
    Seeds,
)

__all__ = ["train"]


def train(
    recipe: Annotated[
        str | None, typer.Option("--recipe", metavar="NAME", show_default=False)
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
    seeds: Seeds = None,
    out: Out = None,
    quick: Quick = False,
    final: Final = False,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Train one alternative and write its report."""
    from cotejo.cli.training import train_and_report
    from cotejo.config import Settings, StudyConfig
    from cotejo.study import Study

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
    given = {key: value for key, value in flags.items() if value is not None}
    own_name = name or recipe or model or str(Settings.model_fields["model"].default)
    content: dict[str, Any] = {"name": own_name, "alternative": [{"name": own_name, **given}]}
    if data is not None:
        content["data"] = data
    if seeds is not None:
        content["seeds"] = seeds
    # As settings of the alternative's own, so that the plan and the report show them.
    own = [f"{own_name}.{each}" for each in overrides or ()]
    study = Study(StudyConfig.parse(content, own))
    return train_and_report(study, out=out, data_dir=data_dir, quick=quick, final=final)

"""``cotejo study``: train the missing runs of a study and write its report."""

from __future__ import annotations

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

__all__ = ["study"]


def study(
    file: Annotated[str, typer.Argument(metavar="FILE", show_default=False)],
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
    fallback: Annotated[
        str | None, typer.Option("--fallback", metavar="NAME", show_default=False)
    ] = None,
    until_settled: Annotated[bool, typer.Option("--until-settled")] = False,
    runs: Annotated[int | None, typer.Option("--runs", metavar="N", show_default=False)] = None,
    budget: Annotated[
        str | None, typer.Option("--budget", metavar="TIME", show_default=False)
    ] = None,
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="SHARD", show_default=False)
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", show_default=False)
    ] = None,
    executor: Annotated[
        str | None, typer.Option("--executor", metavar="EXECUTOR", show_default=False)
    ] = None,
    through: Annotated[
        str | None, typer.Option("--through", metavar="URL", show_default=False)
    ] = None,
    track: Track = None,
    overrides: Overrides = None,
    title: Title = None,
    author: Author = None,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Train the study in ``file`` and write its report."""
    from cotejo.cli.training import train_and_report
    from cotejo.config.durations import seconds_of
    from cotejo.study import Study
    from cotejo.study.executors import chosen_executor
    from cotejo.study.shards import shard_named
    from cotejo.study.tracking import Tracking

    part = None if shard is None else shard_named(shard)
    tracking = Tracking(track or ())
    changes: dict[str, Any] = {}
    chosen_data = study_data(data, image_size, fit, group_by, strict)
    if chosen_data is not None:
        changes["data"] = chosen_data
        # Somebody who names the data wants that data and no fallback.
        fallback = None
    if seeds is not None:
        changes["seeds"] = seeds
    if folds is not None:
        changes["folds"] = folds
    if own := heading(title, author):
        changes["report"] = own
    chosen = Study.load(file, overrides or (), **changes)
    elsewhere: dict[str, Any] = {
        "shard": None if part is None else (part.number, part.of),
        "workers": workers,
        "executor": executor
        if through is None
        else chosen_executor(executor, workers, through=through),
    }
    return train_and_report(
        chosen,
        track=tracking,
        out=out,
        data_dir=data_dir,
        quick=quick,
        final=final,
        fallback=fallback,
        until_settled=until_settled,
        runs=runs,
        seconds=None if budget is None else seconds_of(budget),
        **{name: value for name, value in elsewhere.items() if value is not None},
    )

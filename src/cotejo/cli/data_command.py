"""``cotejo data``: show a dataset, and audit it if asked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cotejo.cli.options import (
    DataFolder,
    Debug,
    FitOption,
    GroupBy,
    ImageSize,
    Language,
    Strict,
    study_data,
)
from cotejo.errors import ConfigError
from cotejo.messages import current_language, message

if TYPE_CHECKING:
    from rich.console import Console

    from cotejo.data import Dataset

__all__ = ["data"]


def data(
    name: Annotated[str | None, typer.Argument(metavar="NAME|PATH", show_default=False)] = None,
    data_dir: DataFolder = None,
    image_size: ImageSize = None,
    fit: FitOption = None,
    group_by: GroupBy = None,
    strict: Strict = False,
    audit: Annotated[bool, typer.Option("--audit")] = False,
    labels: Annotated[bool, typer.Option("--labels")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FOLDER", show_default=False)] = None,
    review: Annotated[
        Path | None, typer.Option("--review", metavar="FOLDER", show_default=False)
    ] = None,
    save: Annotated[Path | None, typer.Option("--save", metavar="FILE", show_default=False)] = None,
    clear_cache: Annotated[bool, typer.Option("--clear-cache")] = False,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Show a dataset's sizes, classes, channels, source and split, and what an audit finds."""
    from cotejo.cli.console import make_console, print_lines
    from cotejo.cli.display import Display
    from cotejo.cli.pictures import show_pictures
    from cotejo.cli.tables import channels_table, classes_table
    from cotejo.config import StudyConfig
    from cotejo.data import describe, load
    from cotejo.data.registry import said_source

    console = make_console()
    if clear_cache:
        _clear_cache(console)
        if name is None:
            return 0
    if name is None:
        raise ConfigError("usage_missing_data")
    table = study_data(name, image_size, fit, group_by, strict)
    config = StudyConfig.parse({"data": table, "alternative": [{"name": "data"}]})
    with Display(console) as display:
        dataset = load(
            name,
            data_dir=data_dir,
            progress=display.data_progress,
            images=config.images,
            on_pictures=display.pictures_read,
        )
    if review is not None:
        dataset = _reviewed(console, dataset, review)
    facts = describe(dataset)
    source = said_source(facts["name"], facts["source"], current_language())
    console.print(_headline(facts), style="bold")
    print_lines(
        console,
        (message("cli.label_source"), source),
        (message("cli.label_split"), _split_text(facts["split"])),
        (message("cli.label_fingerprint"), facts["fingerprint"]),
    )
    show_pictures(console, dataset)
    console.print(classes_table(facts))
    console.print(message("cli.channels"))
    console.print(channels_table(facts))
    if save is not None:
        from cotejo.cli.console import say
        from cotejo.data.reviewing import save_arrays

        save_arrays(dataset, save)
        say(console, message("cli.data_saved", path=save))
    _suggest_auto(console, dataset, name, save)
    if audit or labels:
        # Deferred: showing a dataset needs neither the report nor its templates.
        from cotejo.cli.auditing import audit_and_show

        with Display(console) as display:
            audit_and_show(console, display, dataset, facts, out, labels)
    return 0


def _suggest_auto(console: Console, dataset: Dataset, name: str, saved: Path | None) -> None:
    """Say which recipe suits somebody's own images, where they are few."""
    import shlex

    from cotejo.cli.console import say
    from cotejo.data import find_source
    from cotejo.data.per_class import FEW, images_per_class

    count = images_per_class(dataset)
    if find_source(name) is None and count < FEW:
        command = f"cotejo train --data {shlex.quote(str(saved or name))} --recipe auto"
        say(console, message("cli.data_few", images=count, command=command))


def _reviewed(console: Console, dataset: Dataset, folder: Path) -> Dataset:
    """Return the data without the images whose labels were confirmed to be wrong."""
    from cotejo.cli.console import say
    from cotejo.data.reviewing import left_out, review_of, without_wrong_labels

    review = review_of(dataset, folder)
    kept = without_wrong_labels(dataset, review)
    count = left_out(review)
    say(console, message("cli.data_reviewed", train=count["train"], valid=count["valid"]))
    return kept


def _clear_cache(console: Console) -> None:
    from cotejo.cli.console import say
    from cotejo.cli.tables import numbers
    from cotejo.data.own.cache import clear_cache

    megabytes = numbers().integer(-(-clear_cache() // 1_000_000))
    say(console, message("cli.cache_cleared", megabytes=megabytes))


def _headline(facts: Mapping[str, Any]) -> str:
    from cotejo.cli.tables import numbers

    images = sum(sum(split) for split in facts["counts"].values())
    return message(
        "cli.dataset",
        name=facts["name"],
        images=numbers().integer(images),
        shape="×".join(str(size) for size in facts["image_shape"]),
        classes=len(facts["class_names"]["en"]),
    )


def _split_text(split: Mapping[str, Any]) -> str:
    try:
        return message(f"cli.split_{split['method']}", **split)
    except KeyError:  # the catalogue has no sentence for this kind of split
        return ", ".join(f"{key}={value}" for key, value in split.items())

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
    heading,
    study_data,
)
from cotejo.errors import ConfigError
from cotejo.messages import message

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
    title: Title = None,
    author: Author = None,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Train one alternative and write its report."""
    from cotejo.cli.training import train_and_report
    from cotejo.config import Settings, StudyConfig
    from cotejo.config.names import name_of
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
        planned = {
            **given,
            "seeds": seeds,
            "folds": folds,
            "set": overrides,
            "quick": quick or None,
        }
        for option in ("recipe", "model", "epochs", "seeds", "folds", "set", "quick"):
            if planned.get(option) is not None:
                raise ConfigError("budget_and_recipe", option=option)
        return _in_time(budget, started, content, name, data_dir, out, final)
    if recipe == _AUTO:
        return _suited(content, name, overrides, data_dir, out, quick, final)
    own = [_of_alternative(own_name, override) for override in overrides or ()]
    study = Study(StudyConfig.parse(content, own))
    return train_and_report(study, out=out, data_dir=data_dir, quick=quick, final=final)


def _suited(
    content: dict[str, Any],
    name: str | None,
    overrides: list[str] | None,
    data_dir: Path | None,
    out: Path | None,
    quick: bool,
    final: bool,
) -> int:
    """Train with the recipe that suits the data, which is looked at first."""
    from cotejo.cli.console import make_console, say
    from cotejo.cli.display import Display
    from cotejo.cli.training import train_and_report
    from cotejo.config import StudyConfig
    from cotejo.data import load
    from cotejo.study import Study

    # A recipe that can't be looked up stands for the one that is chosen below.
    (alternative,) = content["alternative"]
    del alternative["recipe"]
    asked = StudyConfig.parse(content)
    console = make_console()
    with Display(console) as display:
        dataset = load(
            asked.data,
            data_dir=data_dir,
            progress=display.data_progress,
            images=asked.images,
            on_pictures=display.pictures_read,
        )
    # Deferred: this loads Keras.
    from cotejo.study.few_images import images_per_class, suited_recipe

    recipe = suited_recipe(dataset)
    count = images_per_class(dataset)
    say(console, message(f"cli.recipe_{recipe}", images=count, recipe=recipe), "bold")
    own_name = name or recipe
    content |= {
        "name": own_name,
        "alternative": [{**alternative, "name": own_name, "recipe": recipe}],
    }
    own = [_of_alternative(own_name, override) for override in overrides or ()]
    study = Study(StudyConfig.parse(content, own))
    return train_and_report(study, out=out, dataset=dataset, quick=quick, final=final)


def _of_alternative(name: str, override: str) -> str:
    """Return an override as one of the alternative, so that the plan and the report show it."""
    key, equals, _ = override.partition("=")
    # What names its alternative already, or has no value, stays as it was typed.
    return f"{name}.{override}" if equals and "." not in key else override


def _in_time(
    budget: str,
    started: float,
    content: dict[str, Any],
    name: str | None,
    data_dir: Path | None,
    out: Path | None,
    final: bool,
) -> int:
    """Train what fits into the budget; the machine is timed first.

    If the data has to be downloaded, the clock starts after the download, because nobody can plan
    how long that takes.
    """
    from cotejo.cli.console import make_console, say
    from cotejo.cli.display import Display
    from cotejo.cli.tables import numbers
    from cotejo.cli.training import train_and_report
    from cotejo.config import MEASURED_ON, StudyConfig, recipes
    from cotejo.config.durations import seconds_of
    from cotejo.data import load, without_validation
    from cotejo.study import Study

    seconds = seconds_of(budget)
    own_name = name or f"budget-{round(seconds)}s"
    # Before anything is downloaded or timed, so that a mistake costs no time.
    asked = Study(StudyConfig.parse(content | {"name": own_name}))
    asked.check_folder(out, final=final)
    (alternative,) = content["alternative"]
    given = {key: value for key, value in alternative.items() if key != "name"}
    console = make_console()
    downloads = []
    with Display(console) as display:

        def progress(source: str, done: int, total: int | None) -> None:
            downloads.append(source)
            display.data_progress(source, done, total)

        dataset = load(
            asked.config.data,
            data_dir=data_dir,
            progress=progress,
            images=asked.config.images,
            on_pictures=display.pictures_read,
        )
        asked.check_folder(out, dataset=dataset, final=final)
        started = time.perf_counter() if downloads else started
        display.note(message("cli.budget_timing"))
        # Deferred: this loads Keras.
        from cotejo.study.budget import plan_for
        from cotejo.study.few_images import TRANSFER, images_per_class, plan_for_few, suited_recipe

        learned = without_validation(dataset) if final else dataset
        known = [recipe.changed(given) for recipe in recipes()]
        left = started + seconds - time.perf_counter()
        if suited_recipe(learned) == TRANSFER:
            suited = next(recipe for recipe in known if recipe.name == TRANSFER)
            plan = plan_for_few(left, learned, suited)
        else:
            plan = plan_for(left, learned, known)
    chosen: dict[str, Any] = {
        "speed": numbers().integer(plan.images_per_second),
        "recipe": plan.recipe,
        "epochs": plan.epochs,
        "small": plan.small_epochs,
        "duration": numbers().duration(plan.seconds),
    }
    if plan.expected is None:
        chosen["images"] = images_per_class(learned)
        say(console, message("cli.budget_few", **chosen), "bold")
    else:
        chosen["expected"] = numbers().percent(plan.expected)
        say(console, message("cli.budget_chosen", **chosen), "bold")
        if dataset.name != MEASURED_ON:
            say(console, message("cli.budget_other_data", data=dataset.name), "dim")
    alternative = plan.settings | given | {"name": own_name}
    content |= {"name": own_name, "alternative": [alternative]}
    study = Study(StudyConfig.parse(content))
    deadline = started + seconds - plan.evaluation
    return train_and_report(study, out=out, dataset=dataset, final=final, deadline=deadline)

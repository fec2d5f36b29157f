"""``cotejo train`` where Cotejo chooses the recipe: by the data, or by the time that there is."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotejo.cli.console import make_console, say
from cotejo.cli.display import Display
from cotejo.cli.tables import numbers
from cotejo.cli.training import train_and_report
from cotejo.messages import message

if TYPE_CHECKING:
    from cotejo.data import Dataset
    from cotejo.study import Study
    from cotejo.study.tracking import Tracking

__all__ = ["of_alternative", "train_in_time", "train_suited"]


def of_alternative(name: str, overrides: list[str] | None) -> list[str]:
    """Return overrides as those of an alternative, so that the plan and the report show them.

    What names its alternative already, or has no value, stays as it was typed.

    Example:
        >>> of_alternative("fast", ["epochs=3", "a.epochs=2"])
        ['fast.epochs=3', 'a.epochs=2']
    """
    parted = [(override, *override.partition("=")) for override in overrides or ()]
    return [
        f"{name}.{override}" if equals and "." not in key else override
        for override, key, equals, _ in parted
    ]


def train_suited(
    content: dict[str, Any],
    name: str | None,
    overrides: list[str] | None,
    data_dir: Path | None,
    out: Path | None,
    quick: bool,
    final: bool,
    tracking: Tracking,
) -> int:
    """Train with the recipe that suits the data, which is read first.

    Args:
        content: of the study, with one alternative.
        name: of the study and of its alternative; that of the recipe if left out.
        overrides: those of ``--set``.
        data_dir: where the data is looked for first.
        out: the study's folder.
        quick: whether it is a quick look.
        final: whether it learns from the validation images too.
        tracking: the trackers that are told of it.

    Returns:
        The exit code.
    """
    from cotejo.config import StudyConfig
    from cotejo.study import Study

    (alternative,) = content["alternative"]
    given = {key: value for key, value in alternative.items() if key != "recipe"}
    # Without a recipe for now, since "auto" is none that could be read.
    asked = Study(StudyConfig.parse(content | {"alternative": [given]}))
    console = make_console()
    with Display(console) as display:
        dataset = _loaded(asked, data_dir, display, display.data_progress)
    # Deferred: this loads Keras.
    from cotejo.data.per_class import images_per_class
    from cotejo.study.few_images import suited_recipe

    recipe, count = suited_recipe(dataset), images_per_class(dataset)
    say(console, message(f"cli.recipe_{recipe}", images=count, recipe=recipe), "bold")
    own_name = name or recipe
    chosen = {**given, "name": own_name, "recipe": recipe}
    content = content | {"name": own_name, "alternative": [chosen]}
    study = Study(StudyConfig.parse(content, of_alternative(own_name, overrides)))
    return train_and_report(
        study, track=tracking, out=out, dataset=dataset, quick=quick, final=final
    )


def train_in_time(
    budget: str,
    started: float,
    content: dict[str, Any],
    name: str | None,
    data_dir: Path | None,
    out: Path | None,
    final: bool,
    tracking: Tracking,
) -> int:
    """Train what fits into the budget; the machine is timed first.

    If the data has to be downloaded, the clock starts after the download, because nobody can plan
    how long that takes.

    Args:
        budget: the time as it was typed, such as ``"5m"``.
        started: when it began, in seconds of `time.perf_counter`.
        content: of the study, with one alternative.
        name: of the study and of its alternative; that of the time if left out.
        data_dir: where the data is looked for first.
        out: the study's folder.
        final: whether it learns from the validation images too.
        tracking: the trackers that are told of it.

    Returns:
        The exit code.
    """
    from cotejo.config import MEASURED_ON, StudyConfig, recipes
    from cotejo.config.durations import seconds_of
    from cotejo.data import without_validation
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

        dataset = _loaded(asked, data_dir, display, progress)
        asked.check_folder(out, dataset=dataset, final=final)
        started = time.perf_counter() if downloads else started
        display.note(message("cli.budget_timing"))
        # Deferred: this loads Keras.
        from cotejo.data.per_class import images_per_class
        from cotejo.study.budget import plan_for
        from cotejo.study.few_images import TRANSFER, plan_for_few, suited_recipe

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
    return train_and_report(
        study, track=tracking, out=out, dataset=dataset, final=final, deadline=deadline
    )


def _loaded(
    study: Study,
    data_dir: Path | None,
    display: Display,
    progress: Callable[[str, int, int | None], None],
) -> Dataset:
    """Return the data that a study asks for; the display shows how it is read."""
    from cotejo.data import load

    return load(
        study.config.data,
        data_dir=data_dir,
        progress=progress,
        images=study.config.images,
        on_pictures=display.pictures_read,
    )

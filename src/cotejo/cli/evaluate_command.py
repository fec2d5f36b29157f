"""``cotejo evaluate``: a trained model on another labelled set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cotejo.cli.options import AsJson, Code, DataFolder, Debug, Language, Out
from cotejo.errors import ConfigError
from cotejo.messages import current_language, message

if TYPE_CHECKING:
    from rich.console import Console

    from cotejo.elsewhere import Evaluation

__all__ = ["evaluate"]


def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", show_default=False)],
    data: Annotated[
        str | None, typer.Option("--data", metavar="NAME|PATH", show_default=False)
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", metavar="train|valid|test|all", show_default=False)
    ] = None,
    classes: Annotated[
        list[str] | None, typer.Option("--classes", metavar="THEIRS=OURS", show_default=False)
    ] = None,
    corrupt: Annotated[bool, typer.Option("--corrupt")] = False,
    sample: Annotated[int | None, typer.Option("--sample", metavar="N", show_default=False)] = None,
    calibrate: Annotated[bool, typer.Option("--calibrate")] = False,
    out: Out = None,
    code: Code = None,
    data_dir: DataFolder = None,
    as_json: AsJson = False,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Ask a model about another labelled set, and say whether it holds up."""
    import sys

    from cotejo.cli.console import make_console
    from cotejo.cli.live import Status

    if data is None:
        raise ConfigError("evaluation.needs_data", model=model)
    if sample is not None and sample < 1:
        raise ConfigError("usage_at_least", option="--sample", least=1, received=sample)
    if sample is not None and not corrupt:
        raise ConfigError("evaluation.needs_corrupt")
    status = Status(make_console(file=sys.stderr))
    status.show_note(message("cli.loading_keras"))
    try:
        from cotejo.cli.evaluating import Shown
        from cotejo.elsewhere import (
            check_evaluation_place,
            evaluate_on,
            given_classes,
            load_for,
            load_model,
            write_evaluation,
        )

        given = given_classes(classes or [])
        if out is not None:  # before anything that takes long
            check_evaluation_place(out)
        known, watch = load_model(model, code), Shown(status)
        status.show_note(message("evaluation.loading", data=data))
        dataset = load_for(data, known.classifier, data_dir, watch)
        folder = out or Path("runs") / _folder_name(known.classifier.file_name, dataset.name)
        check_evaluation_place(folder)
        result = evaluate_on(
            known,
            dataset,
            split=split,
            classes=given,
            corrupt=corrupt,
            calibrate=calibrate,
            sample=sample,
            data=data,
            data_dir=data_dir,
            watch=watch,
        )
        page = write_evaluation(result, folder, current_language())
    finally:
        status.stop()
    if as_json:
        typer.echo(_json(result))
    else:
        _show(make_console(), result, page)
    return 0


def _folder_name(model: str, data: str) -> str:
    from cotejo.config.names import name_of

    return name_of(f"evaluation-{model}-on-{data}", "evaluation")


def _json(result: Evaluation) -> str:
    import json

    from cotejo.elsewhere import evaluation_record

    return json.dumps(evaluation_record(result), ensure_ascii=False, indent=2)


def _show(console: Console, result: Evaluation, page: Path) -> None:
    """Print what matters, in a few lines, and where the rest is."""
    from cotejo.cli.console import print_lines, say
    from cotejo.elsewhere import sentences
    from cotejo.report.words import Words

    words = Words(current_language())
    for sentence in (
        *sentences.verdict(result, words)[:-1],
        *sentences.class_sentences(result, words),
        *sentences.calibration_sentences(result, words)[:1],
        *sentences.robustness_sentences(result, words),
    ):
        say(console, sentence)
    if result.recalibration is not None:
        for sentence in sentences.recalibration_sentences(result.recalibration, words):
            say(console, sentence)
    print_lines(
        console,
        (message("evaluation.file_page"), page),
        (message("evaluation.file_numbers"), page.parent),
    )

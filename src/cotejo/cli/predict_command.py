"""``cotejo predict``: classify pictures with a trained model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cotejo.cli.options import Debug, Language
from cotejo.errors import ConfigError
from cotejo.messages import current_language, message

if TYPE_CHECKING:
    from cotejo.inference import Classifier, Prediction, Unreadable

__all__ = ["predict"]


def predict(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE", show_default=False)],
    model: Annotated[
        Path | None, typer.Option("--model", metavar="FOLDER", show_default=False)
    ] = None,
    code: Annotated[Path | None, typer.Option("--code", metavar="FILE", show_default=False)] = None,
    top: Annotated[int, typer.Option("--top", metavar="N", show_default=False)] = 3,
    coverage: Annotated[float, typer.Option("--coverage", metavar="P", show_default=False)] = 0.95,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Say what pictures show, by the model that ships or by one of the user's runs."""
    from cotejo.cli.console import make_console, say
    from cotejo.cli.exceptions import report_exception
    from cotejo.cli.limits import limits_note
    from cotejo.cli.live import Status
    from cotejo.cli.tables import predictions_table

    if top < 1:
        raise ConfigError("usage_at_least", option="--top", least=1, received=top)
    if not 0 < coverage < 1:
        raise ConfigError("usage_share", option="--coverage", received=coverage)
    console = make_console()
    status = Status(console)
    status.show_note(message("cli.loading_keras"))
    try:
        from cotejo.inference import Classifier, Unreadable

        classifier = Classifier.load(model, code)
        predictions = classifier.predict_files(images, coverage)
    finally:
        status.stop()
    errors = [answer.error for answer in predictions if isinstance(answer, Unreadable)]
    rows = zip(images, predictions, strict=True)
    answers = [(path, answer) for path, answer in rows if not isinstance(answer, Unreadable)]
    if as_json:
        typer.echo(_json(images, predictions, classifier))
    elif answers:
        names = classifier.class_names[current_language()]
        console.print(predictions_table(answers, names, top))
        known = ", ".join(names)
        say(console, message("cli.predict_note", model=classifier.name, classes=known), "dim")
        say(console, limits_note([answer for _, answer in answers], coverage), "dim")
    for error in errors:
        report_exception(error)
    # Two exit codes, so that a script can tell whether some or none could be read.
    return (1 if answers else errors[0].exit_code) if errors else 0


def _json(
    images: list[Path], predictions: list[Prediction | Unreadable], classifier: Classifier
) -> str:
    """Return one row per picture, with its classes or with why it could not be read."""
    import json

    from cotejo.inference import Unreadable

    names = classifier.class_names["en"]
    rows: list[dict[str, Any]] = []
    for path, answer in zip(images, predictions, strict=True):
        row: dict[str, Any] = {"image": str(path)}
        if isinstance(answer, Unreadable):
            row["error"] = str(answer.error)
        else:
            row["class"] = names[answer.classes[0]]
            row["probabilities"] = {
                names[label]: round(probability, 6)
                for label, probability in zip(answer.classes, answer.probabilities, strict=True)
            }
            if answer.candidates is not None:
                row["candidates"] = [names[label] for label in answer.candidates]
                row["unlike"], row["unlikeness"] = answer.unlike, answer.unlikeness
        rows.append(row)
    text = json.dumps(rows, ensure_ascii=False, indent=2)
    # JSON leaves these characters as they are, but a terminal would obey some of them, and
    # others can't be encoded.
    return re.sub("[\x7f-\x9f\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", text)

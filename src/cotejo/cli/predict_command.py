"""``cotejo predict``: what a trained model says of pictures."""

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
    top: Annotated[int, typer.Option("--top", metavar="N", show_default=False)] = 3,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Say what pictures show, by the model that ships or one of your own."""
    from cotejo.cli.console import make_console, say
    from cotejo.cli.failures import report_failure
    from cotejo.cli.live import Status
    from cotejo.cli.tables import predictions_table

    if top < 1:
        raise ConfigError("usage_at_least", option="--top", least=1, received=top)
    console = make_console()
    status = Status(console)
    status.show_note(message("cli.loading_keras"))
    try:
        from cotejo.inference import Classifier, Unreadable

        classifier = Classifier.load(model)
        found = classifier.predict_files(images)
    finally:
        status.stop()
    unread = [one.error for one in found if isinstance(one, Unreadable)]
    rows = zip(images, found, strict=True)
    answers = [(path, one) for path, one in rows if not isinstance(one, Unreadable)]
    if as_json:
        typer.echo(_json(images, found, classifier))
    elif answers:
        names = classifier.class_names[current_language()]
        console.print(predictions_table(answers, names, top))
        say(console, message("cli.predict_note", model=classifier.name), "dim")
    for error in unread:
        report_failure(error)
    # What could be answered was, so that a script can tell some from none.
    return (1 if answers else unread[0].exit_code) if unread else 0


def _json(images: list[Path], found: list[Prediction | Unreadable], classifier: Classifier) -> str:
    """Return a row per picture, with its classes or with why it could not be read."""
    import json

    from cotejo.inference import Unreadable

    names = classifier.class_names["en"]
    rows: list[dict[str, Any]] = []
    for path, one in zip(images, found, strict=True):
        row: dict[str, Any] = {"image": str(path)}
        if isinstance(one, Unreadable):
            row["error"] = str(one.error)
        else:
            row["class"] = names[one.classes[0]]
            row["probabilities"] = {
                names[place]: round(chance, 6)
                for place, chance in zip(one.classes, one.probabilities, strict=True)
            }
        rows.append(row)
    text = json.dumps(rows, ensure_ascii=False, indent=2)
    # JSON leaves these as they are; a terminal obeys some, and others can't be encoded.
    return re.sub("[\x7f-\x9f\ud800-\udfff]", lambda sign: f"\\u{ord(sign[0]):04x}", text)

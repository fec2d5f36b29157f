"""``cotejo predict``: what a trained model says of pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cotejo.cli.options import Debug, Language
from cotejo.messages import current_language, message

if TYPE_CHECKING:
    from cotejo.inference import Classifier, Prediction

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
    from cotejo.cli.live import Status
    from cotejo.cli.tables import predictions_table

    console = make_console()
    status = Status(console)
    status.show_note(message("cli.loading_keras"))
    try:
        from cotejo.inference import Classifier

        classifier = Classifier.load(model)
        found = classifier.predict_files(images)
    finally:
        status.stop()
    names = classifier.class_names[current_language()]
    if as_json:
        typer.echo(_json(images, found, classifier))
        return 0
    console.print(predictions_table(images, found, names, max(1, top)))
    say(console, message("cli.predict_note", model=classifier.name), "dim")
    return 0


def _json(images: list[Path], found: list[Prediction], classifier: Classifier) -> str:
    import json

    names = classifier.class_names["en"]
    rows = [
        {
            "image": str(path),
            "class": names[one.classes[0]],
            "probabilities": {
                names[place]: round(chance, 6)
                for place, chance in zip(one.classes, one.probabilities, strict=True)
            },
        }
        for path, one in zip(images, found, strict=True)
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)

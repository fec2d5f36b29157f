"""``cotejo predict``: classify pictures with a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cotejo.cli.model_words import model_and_pictures
from cotejo.cli.options import AsJson, Code, Debug, Language
from cotejo.errors import ConfigError
from cotejo.messages import message

__all__ = ["predict"]


def predict(
    words: Annotated[list[str], typer.Argument(metavar="MODEL|PICTURE", show_default=False)],
    model: Annotated[
        str | None, typer.Option("--model", metavar="MODEL", show_default=False)
    ] = None,
    code: Code = None,
    temperature: Annotated[
        str | None, typer.Option("--temperature", metavar="NUMBER|FILE", show_default=False)
    ] = None,
    top: Annotated[int, typer.Option("--top", metavar="N", show_default=False)] = 3,
    coverage: Annotated[float, typer.Option("--coverage", metavar="P", show_default=False)] = 0.95,
    csv: Annotated[str | None, typer.Option("--csv", metavar="FILE", show_default=False)] = None,
    as_json: AsJson = False,
    parquet: Annotated[
        Path | None, typer.Option("--parquet", metavar="FILE", show_default=False)
    ] = None,
    sort_into: Annotated[
        Path | None, typer.Option("--sort-into", metavar="FOLDER", show_default=False)
    ] = None,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Say what pictures show, by the model that ships or by one of the user's."""
    import sys

    from cotejo.cli.console import make_console
    from cotejo.cli.live import Status
    from cotejo.cli.predicting import Wanted, show_predictions

    if top < 1:
        raise ConfigError("usage_at_least", option="--top", least=1, received=top)
    if not 0 < coverage < 1:
        raise ConfigError("usage_share", option="--coverage", received=coverage)
    if as_json and csv == "-":
        raise ConfigError("predict_one_output")
    if csv is not None and parquet is not None and Path(csv).absolute() == parquet.absolute():
        raise ConfigError("predict_one_file", path=csv)
    model, words = model_and_pictures(model, words)
    status = Status(make_console(file=sys.stderr))
    status.show_note(message("cli.loading_keras"))
    try:
        from cotejo.inference import Classifier
        from cotejo.inference.temperature import read_temperature

        classifier = Classifier.load(model, code)
        if temperature is not None:
            given = read_temperature(temperature, classifier)
            classifier = classifier.with_temperature(given)
        wanted = Wanted(words, top, coverage, csv, as_json, parquet, sort_into)
        return show_predictions(classifier, wanted, status)
    finally:
        status.stop()

"""``cotejo explain``: show which parts of pictures a model's answers rest on."""

from __future__ import annotations

from typing import Annotated

import typer

from cotejo.cli.model_words import model_and_pictures
from cotejo.cli.options import AsJson, Code, Data, DataFolder, Debug, Language, Out
from cotejo.errors import ConfigError
from cotejo.messages import message

__all__ = ["explain"]


def explain(
    words: Annotated[list[str], typer.Argument(metavar="MODEL|PICTURE", show_default=False)],
    method: Annotated[
        str,
        typer.Option(
            "--method", metavar="grad-cam|occlusion|integrated-gradients", show_default=False
        ),
    ] = "grad-cam",
    other: Annotated[
        str | None, typer.Option("--class", metavar="NAME", show_default=False)
    ] = None,
    nearest: Annotated[int, typer.Option("--nearest", metavar="N", show_default=False)] = 5,
    out: Out = None,
    data: Data = None,
    data_dir: DataFolder = None,
    code: Code = None,
    as_json: AsJson = False,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Explain a model's answers; exit code 1 if a picture could not be read."""
    import sys

    from cotejo.cli.console import make_console
    from cotejo.cli.explaining import Wanted, pictures_of, show_explanations, targets
    from cotejo.cli.live import Status

    if nearest < 0:
        raise ConfigError("usage_at_least", option="--nearest", least=0, received=nearest)
    model, words = model_and_pictures(None, words)
    status = Status(make_console(file=sys.stderr))
    status.show_note(message("cli.loading_keras"))
    try:
        # Whatever is wrong with the request is said before the training images are looked at.
        from cotejo.explain.methods import check_method
        from cotejo.inference import Classifier
        from cotejo.inference.explaining import class_named

        check_method(method)
        written = targets(pictures_of(words, out), out)
        classifier = Classifier.load(model, code)
        label = None
        if other is not None:
            label = class_named(other, classifier.class_names.values())
        wanted = Wanted(written, method, label, nearest, data, data_dir, as_json)
        return show_explanations(classifier, wanted, status)
    finally:
        status.stop()

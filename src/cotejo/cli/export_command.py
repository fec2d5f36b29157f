"""``cotejo export``: write a trained model in a form that others run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cotejo.cli.options import AsJson, Code, Data, DataFolder, Debug, Language
from cotejo.messages import message

if TYPE_CHECKING:
    from rich.console import Console

    from cotejo.export import Exported

__all__ = ["export"]


def export(
    model: Annotated[str | None, typer.Argument(metavar="MODEL", show_default=False)] = None,
    to: Annotated[str, typer.Option("--to", metavar="FORM", show_default=False)] = "onnx",
    out: Annotated[Path | None, typer.Option("--out", metavar="PATH", show_default=False)] = None,
    size: Annotated[str, typer.Option("--size", metavar="any|fixed", show_default=False)] = "any",
    int8: Annotated[bool, typer.Option("--int8")] = False,
    data: Data = None,
    data_dir: DataFolder = None,
    code: Code = None,
    as_json: AsJson = False,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Export a model, and show that the file answers as the model does."""
    from cotejo.cli.console import make_console
    from cotejo.cli.live import Status

    console = make_console()
    status = Status(console)
    status.show_note(message("export.loading"))
    try:
        from cotejo.export.checking import PICTURES
        from cotejo.export.exporting import export as write

        exported = write(
            model,
            to,
            out,
            size=size,
            int8=int8,
            data=data,
            data_dir=data_dir,
            code=code,
            on_step=lambda step: status.show_note(
                message(f"export.step_{step}", form=to, count=PICTURES)
            ),
        )
    finally:
        status.stop()
    if as_json:
        _print_json(exported)
    else:
        _show(console, exported)
    return 0


def _show(console: Console, exported: Exported) -> None:
    from cotejo.cli.console import say
    from cotejo.cli.tables import numbers
    from cotejo.export.checking import TOLERANCE
    from cotejo.texts import shown_path

    kilobytes = f"{numbers().integer(round(exported.bytes / 1000))} KB"
    path = shown_path(exported.path)
    say(console, message("export.done", path=path, size=kilobytes, form=exported.form), "bold")
    count, tolerance = exported.pictures, f"{TOLERANCE:.0e}"
    if exported.difference is None:
        say(console, message("export.checked_int8", count=count, tolerance=tolerance))
    else:
        difference = f"{exported.difference:.0e}"
        say(console, message("export.checked", count=count, difference=difference))
    if exported.rounding:
        say(console, message("export.rounding", rounding=numbers().shortest(exported.rounding, 4)))
    for line in _of_int8(exported):
        say(console, line)
    files = ", ".join(file.name for file in exported.files[1:])
    say(console, message("export.beside", files=files), "dim")


def _of_int8(exported: Exported) -> list[str]:
    from cotejo.cli.tables import numbers

    int8 = exported.int8
    if int8 is None:
        return []
    percent, shortest, integer = numbers().percent, numbers().shortest, numbers().integer
    lines = [
        message(
            f"export.int8_{split}",
            before=percent(before, 2),
            after=percent(after, 2),
            images=integer(int8.images[split]),
        )
        for split, (before, after) in int8.accuracy.items()
    ]
    one, batch = int8.milliseconds["one"], int8.milliseconds["batch"]
    speed = message(
        "export.int8_speed",
        one_before=shortest(one[0], 3),
        one_after=shortest(one[1], 3),
        before=shortest(batch[0], 3),
        after=shortest(batch[1], 3),
        bytes_before=integer(round(int8.bytes[0] / 1000)),
        bytes_after=integer(round(int8.bytes[1] / 1000)),
    )
    return [*lines, speed]


def _print_json(exported: Exported) -> None:
    import json

    content: dict[str, Any] = {
        "form": exported.form,
        "path": str(exported.path),
        "files": [str(file) for file in exported.files],
        "bytes": exported.bytes,
        "pictures": exported.pictures,
        "difference": exported.difference,
        "rounding": exported.rounding,
        "int8": exported.int8 and exported.int8.to_json(),
    }
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))

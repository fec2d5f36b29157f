"""What `cotejo explain` writes and shows: a sheet for each picture, and a table of all."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import typer

from cotejo.cli.console import make_console, print_whole, say
from cotejo.cli.exceptions import report_exception
from cotejo.cli.table_layout import make_table
from cotejo.cli.tables import numbers
from cotejo.errors import ConfigError, CotejoError, DataError, UsageError
from cotejo.messages import current_language, message
from cotejo.store import make_folder, numbered, write_file
from cotejo.texts import printed_json, shown_path, visible

if TYPE_CHECKING:
    from cotejo.cli.live import Status
    from cotejo.explain.sheet import Sheet
    from cotejo.inference import Classifier, Unreadable
    from cotejo.inference.explaining import Explanation
    from cotejo.trained.neighbours import Neighbours

__all__ = ["Wanted", "pictures_of", "show_explanations", "targets"]

_FOLDER = Path("explained")
"""Where the sheets go by default."""
_ENDING = ".png"
_SHOWN_CLASSES = 5
_EDGE = np.array([34, 34, 34], np.uint8)
"""The colour of the frame around what the network sees."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    Attributes:
        targets: the pictures, each with the file that its sheet goes to.
        method: a name of `cotejo.explain.methods.METHODS`.
        other: the class to explain beside the likeliest; None for the next likeliest.
        nearest: how many training images to show.
        data: the name or path of the data set that the model learned from; None to look for it.
        data_dir: the folder to take a published data set from.
        as_json: whether to print JSON in place of a table.
    """

    targets: Sequence[tuple[Path | Unreadable, Path]]
    method: str
    other: int | None
    nearest: int
    data: str | None
    data_dir: Path | None
    as_json: bool


def pictures_of(words: Sequence[str], out: Path | None) -> list[Path | Unreadable]:
    """Return the pictures that words mean: files, folders with all in them, patterns.

    The folder that the sheets go to is not looked into.

    Raises:
        DataError: there is no picture.
    """
    from cotejo.inference import Unreadable
    from cotejo.inference.pictures import find_pictures

    found = [
        # Nothing is read from standard input, so that none is in memory.
        each if isinstance(each, Unreadable) else Path(cast("Path | str", each))
        for each in find_pictures(words, without=_sheets_folder(out))
    ]
    if not found:
        raise DataError("predict_none", words=", ".join(words))
    return found


def _sheets_folder(out: Path | None) -> Path | None:
    """Return the folder for the sheets; None if one sheet goes to a file."""
    if out is not None and out.suffix.casefold() == _ENDING and not out.is_dir():
        return None
    return _FOLDER if out is None else out


def targets(
    pictures: Sequence[Path | Unreadable], out: Path | None
) -> list[tuple[Path | Unreadable, Path]]:
    """Return each picture with the file that its sheet goes to; none is a picture itself.

    Raises:
        ConfigError: there are several pictures and one file.

    Example:
        >>> [str(target) for _, target in targets([Path("a/x.png"), Path("b/x.jpg")], Path("out"))]
        ['out/x-explained.png', 'out/x-explained-2.png']
    """
    paths = [each if isinstance(each, Path) else Path(each.path) for each in pictures]
    folder = _sheets_folder(out)
    if out is not None and folder is None:
        if len(paths) > 1:
            raise ConfigError("explain_one_file", path=out, files=len(paths))
        if out.resolve() == paths[0].resolve():
            raise ConfigError("explain_over_picture", path=out)
        return [(pictures[0], out)]
    folder = folder or _FOLDER
    taken = {path.resolve() for path in paths}
    found = []
    for picture, path in zip(pictures, paths, strict=True):
        names = numbered(f"{path.stem}-explained", _ENDING)
        target = next(at for at in map(folder.joinpath, names) if at.resolve() not in taken)
        taken.add(target.resolve())
        found.append((picture, target))
    return found


def show_explanations(classifier: Classifier, wanted: Wanted, status: Status) -> int:
    """Write the sheets, show what they say, and return the exit code.

    Args:
        classifier: the model.
        wanted: what is asked for.
        status: shows how far it is.

    Raises:
        CotejoError: the method does not suit the network, or a sheet can't be written.
    """
    from cotejo.inference import Unreadable
    from cotejo.inference.explaining import explanations

    rows: list[dict[str, Any]] = []
    errors: list[CotejoError] = []
    answered: list[tuple[Explanation, list[str]]] = []
    without: UsageError | None = None
    pictures = [picture for picture, _ in wanted.targets]
    explained = explanations(classifier, pictures, wanted.method, wanted.other)
    for done, ((_, target), answer) in enumerate(
        zip(wanted.targets, explained, strict=True), start=1
    ):
        line = message("explain.explaining", done=done, total=len(pictures))
        status.counted("explained", done, len(pictures), line)
        if isinstance(answer, Unreadable):
            errors.append(answer.error)
            rows.append({"image": str(answer.path), "error": str(answer.error)})
            continue
        neighbours = None
        if wanted.nearest and without is None:
            try:
                neighbours = classifier.nearest(
                    answer.seen[np.newaxis], wanted.nearest, wanted.data, wanted.data_dir
                )
            except UsageError as reason:
                if wanted.data is not None:
                    raise
                without = reason
        _write(target, _sheet(classifier, answer, neighbours, wanted))
        rows.append(_row(classifier, answer, neighbours, wanted.method, target))
        answered.append((answer, _cells(classifier, answer, neighbours, target)))
    status.stop()
    if wanted.as_json:
        typer.echo(printed_json(rows, indent=2))
    elif answered:
        _show_table(classifier, answered)
    if without is not None:
        typer.echo(visible(message("explain.without", reason=without)), err=True)
    for error in errors:
        report_exception(error)
    return (1 if len(errors) < len(rows) else errors[0].exit_code) if errors else 0


def _show_table(classifier: Classifier, answered: Sequence[tuple[Explanation, list[str]]]) -> None:
    """Show a row for each picture; one unlike anything learned is said to be so, as in `predict`.

    Args:
        classifier: the model.
        answered: each picture with its cells, of which the last is the sheet's file.
    """
    unlike = sum(bool(answer.unlike) for answer, _ in answered)
    columns = ["fold:picture", "left:class", "right:probability", "left:beside", "left:nearest"]
    table = make_table(*columns, *(["fold:doubt"] if unlike else []), "fold:explained")
    for answer, cells in answered:
        doubt = [message("predict.unlike_cell") if answer.unlike else ""] if unlike else []
        table.add_row(*cells[:-1], *doubt, cells[-1])
    console = make_console()
    print_whole(console, table)
    say(console, message("explain.said", model=classifier.name), "dim")
    if unlike:
        say(console, message("predict.unlike", count=unlike), "yellow")


def _cells(
    classifier: Classifier, answer: Explanation, neighbours: Neighbours | None, target: Path
) -> list[str]:
    """Return the row of the table of one picture."""
    names, formatted = classifier.class_names[current_language()], numbers()
    likeliest, *others = answer.classes
    beside = [
        f"{names[other]} {formatted.percent(float(answer.probabilities[other]))}"
        for other in others
    ]
    alike = Counter() if neighbours is None else Counter(neighbours.labels[0].tolist())
    counted = [
        message("explain.counted", name=names[label], count=count) if count > 1 else names[label]
        for label, count in alike.most_common()
    ]
    return [
        str(answer.path),
        names[likeliest],
        formatted.percent(float(answer.probabilities[likeliest])),
        ", ".join(beside),
        ", ".join(counted),
        shown_path(target),
    ]


def _row(
    classifier: Classifier,
    answer: Explanation,
    neighbours: Neighbours | None,
    method: str,
    target: Path,
) -> dict[str, Any]:
    """Return what the JSON says of one picture; names are in English."""
    names = classifier.class_names["en"]
    row: dict[str, Any] = {
        "image": str(answer.path),
        "class": names[answer.classes[0]],
        "probabilities": {
            names[label]: round(float(answer.probabilities[label]), 6)
            for label in np.argsort(-answer.probabilities, kind="stable")
        },
        "method": method,
        "explained_classes": [names[label] for label in answer.classes],
        "explained_in": str(target),
    }
    if answer.unlike is not None:
        row["unlike"] = answer.unlike
    if neighbours is not None:
        row["nearest"] = [
            {"index": int(index), "class": names[label], "likeness": round(float(likeness), 4)}
            for index, label, likeness in zip(
                neighbours.indices[0], neighbours.labels[0], neighbours.likeness[0], strict=True
            )
        ]
    return row


def _sheet(
    classifier: Classifier, answer: Explanation, neighbours: Neighbours | None, wanted: Wanted
) -> Sheet:
    from cotejo.explain.overlay import overlaid
    from cotejo.explain.sheet import Panel, Sheet

    names, formatted = classifier.class_names[current_language()], numbers()
    chances = answer.probabilities
    rows, columns, _ = classifier.image_shape
    # All maps lie at the same place.
    seen_as = "whole" if answer.maps[0].is_whole else "seen"
    seen = message(f"explain.{seen_as}", width=columns, height=rows)
    panels = [Panel(_framed(answer.picture, answer), message("explain.picture"), seen)]
    kinds = ["of_likeliest", "of_next" if wanted.other is None else "of_asked"]
    for label, each, kind in zip(answer.classes, answer.maps, kinds, strict=False):
        overlay = _framed(overlaid(answer.picture, each.heat, answer.largest), answer)
        percent = formatted.percent(float(chances[label]))
        title = message("explain.speaks_for", name=names[label])
        panels.append(Panel(overlay, title, message(f"explain.{kind}", percent=percent)))
    alike = []
    if neighbours is not None:
        alike = [
            (image, names[label])
            for image, label in zip(neighbours.images[0], neighbours.labels[0], strict=True)
        ]
    title = message("explain.nearest") if alike else ""
    if not alike and wanted.nearest:
        title = message("explain.no_nearest")
    against = "" if wanted.method == "grad-cam" else message("explain.key_against")
    method = message(f"explain.method_{wanted.method}")
    return Sheet(
        panels=panels,
        chances=[
            (names[label], float(chances[label]), formatted.percent(float(chances[label])))
            for label in np.argsort(-chances, kind="stable")[:_SHOWN_CLASSES]
        ],
        chances_title=message("explain.chances"),
        warning=message("predict.unlike_cell") if answer.unlike else "",
        neighbours=alike,
        neighbours_title=title,
        key=(against, message("explain.key_for")),
        notes=[message("explain.note", method=method, model=classifier.name)],
    )


def _framed(picture: Any, answer: Explanation) -> Any:
    """Return a picture with a frame around what the network sees, and the rest of it faint."""
    part = answer.maps[0]
    if part.is_whole:
        return picture
    inside = picture[part.top : part.bottom, part.left : part.right]
    framed = (picture * 0.35 + 255 * 0.65).astype(np.uint8)
    framed[part.top : part.bottom, part.left : part.right] = inside
    line = max(1, round(max(picture.shape[:2]) / 300))
    for rows, columns in (
        (slice(part.top, part.top + line), slice(part.left, part.right)),
        (slice(part.bottom - line, part.bottom), slice(part.left, part.right)),
        (slice(part.top, part.bottom), slice(part.left, part.left + line)),
        (slice(part.top, part.bottom), slice(part.right - line, part.right)),
    ):
        framed[rows, columns] = _EDGE
    return framed


def _write(path: Path, sheet: Sheet) -> None:
    from cotejo.explain.sheet import draw_sheet

    make_folder(path.parent)
    file = io.BytesIO()
    draw_sheet(sheet).savefig(file, format="png")
    write_file(path, file.getvalue())

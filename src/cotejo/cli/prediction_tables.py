"""The tables that `cotejo predict` shows: the answers, and how many pictures are of each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.table import Table

from cotejo.cli.table_layout import make_table
from cotejo.cli.tables import numbers
from cotejo.inference import Prediction
from cotejo.messages import message

__all__ = ["class_counts_table", "predictions_table"]


def predictions_table(
    answers: Sequence[tuple[Path | str, Prediction]], names: Sequence[str], top: int
) -> Table:
    """Return a model's predictions: one row per picture, the likeliest class first.

    Where the model knows its limits, a column has the classes that can't be ruled out, and a
    picture that is unlike any that it has learned from is said to be so.

    Args:
        answers: one or more pictures, each with what the model says of it.
        names: of the classes, in label order.
        top: how many classes are named.
    """
    known = [prediction.candidates for _, prediction in answers]
    columns = ["fold:picture", "left:class", "right:probability", "fold:then"]
    has_candidates = any(candidates is not None for candidates in known)
    if has_candidates:
        columns.append("fold:candidates")
    is_any_unlike = any(prediction.unlike for _, prediction in answers)
    if is_any_unlike:
        columns.append("fold:doubt")
    table = make_table(*columns)
    formatted = numbers()
    for (path, prediction), candidates in zip(answers, known, strict=True):
        likeliest = [
            (names[label], formatted.percent(probability))
            for label, probability in zip(
                prediction.classes[:top], prediction.probabilities, strict=False
            )
        ]
        cells = [str(path), *likeliest[0]]
        cells.append(", ".join(f"{name} {percent}" for name, percent in likeliest[1:]))
        if has_candidates:
            # Of a picture that is unlike all that it knows, nothing can be ruled out.
            known_to_it = () if prediction.unlike else candidates or ()
            cells.append(", ".join(names[label] for label in known_to_it))
        if is_any_unlike:
            cells.append(message("predict.unlike_cell") if prediction.unlike else "")
        table.add_row(*cells)
    return table


def class_counts_table(counts: Mapping[int, int], names: Sequence[str]) -> Table:
    """Return how many pictures are of each class, the most first.

    Args:
        counts: by label.
        names: of the classes, in label order.
    """
    table = make_table("word:class", "right:pictures")
    formatted = numbers()
    for label, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(names[label], formatted.integer(count))
    return table

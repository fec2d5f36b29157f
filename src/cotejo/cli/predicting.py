"""What `cotejo predict` does once the model is loaded: every picture to each output, in order.

Standard output has the answers, standard error what could not be read and the bar. A table comes
in pieces, so that no output waits for the last picture or keeps all of them.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from cotejo.cli.console import make_console, print_lines, print_whole, say
from cotejo.cli.exceptions import report_exception
from cotejo.cli.limits import limits_note
from cotejo.cli.live import Status
from cotejo.cli.prediction_tables import class_counts_table, predictions_table
from cotejo.errors import ConfigError, CotejoError, DataError
from cotejo.inference import Prediction, Unreadable
from cotejo.inference.outputs import CsvRows, Write, csv_file, json_row, parquet_file
from cotejo.inference.pictures import STANDARD_INPUT, find_pictures
from cotejo.inference.sorting import Sorter
from cotejo.messages import current_language, message
from cotejo.texts import visible

if TYPE_CHECKING:
    from cotejo.inference import Classifier
    from cotejo.inference.streaming import Source

__all__ = ["Wanted", "show_predictions"]

_PIECE = 500
"""The most rows of a piece of the table."""

_MOST_NAMED = 12
"""How many of the model's classes are named below the table."""

_PACE = 100
"""The pictures after which the bar moves."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    Attributes:
        words: the pictures: files, folders, patterns, or ``-``.
        top: how many classes are named.
        coverage: how often the true class is to be among those that can't be ruled out.
        csv: the path of a CSV file, or ``-`` for standard output.
        as_json: whether lines of JSON are printed.
        parquet: the path of a Parquet file.
        sort_into: the folder that pictures are copied into.
    """

    words: Sequence[str]
    top: int
    coverage: float
    csv: str | None = None
    as_json: bool = False
    parquet: Path | None = None
    sort_into: Path | None = None

    @property
    def csv_path(self) -> Path | None:
        """The path of the CSV file, if it is one."""
        return Path(self.csv) if self.csv is not None and self.csv != STANDARD_INPUT else None

    @property
    def paths(self) -> list[tuple[str, Path]]:
        """What is written, each with the key of its name."""
        named = {"csv": self.csv_path, "parquet": self.parquet, "sorted": self.sort_into}
        return [(f"predict.label_{key}", path) for key, path in named.items() if path is not None]


def show_predictions(classifier: Classifier, wanted: Wanted, status: Status) -> int:
    """Predict all pictures, and return the exit code.

    Raises:
        DataError: there is no picture.
        OutputError: something can't be written.
    """
    showing = _Showing(classifier, wanted, status)
    with ExitStack() as stack:
        writers = list(_writers(showing, stack))
        total = _total(wanted, status)
        answers = stack.enter_context(
            closing(classifier.predict_stream(_sources(wanted), wanted.coverage))
        )
        for path, answer in answers:
            for write in writers:
                write(path, answer)
            showing.note(answer)
            if showing.seen % _PACE == 0:
                _show_progress(status, showing.seen, total)
        if not showing.seen:
            raise DataError("predict_none", words=", ".join(wanted.words))
        showing.flush()
    showing.end()
    return showing.exit_code


def _writers(showing: _Showing, stack: ExitStack) -> Iterator[Write]:
    """Yield what writes each answer to where it is wanted; files are closed with the stack."""
    wanted, names = showing.wanted, showing.names
    classifier = showing.classifier
    with_limits = classifier.limits is not None
    rows = CsvRows(names, wanted.top, with_limits=with_limits)
    english = classifier.class_names["en"]
    if wanted.sort_into is not None:
        sorter = Sorter(wanted.sort_into, names, message("predict.unlike_folder"))
        yield showing.sorting_with(sorter)
    if wanted.csv_path is not None:
        yield stack.enter_context(csv_file(wanted.csv_path, rows))
    if wanted.parquet is not None:
        yield stack.enter_context(parquet_file(wanted.parquet, english))
    if wanted.as_json:
        yield lambda path, answer: showing.print_row(json_row(path, answer, english) + "\n")
    elif wanted.csv == STANDARD_INPUT:
        showing.print_row(rows.header())
        yield lambda path, answer: showing.print_row(rows.row(path, answer))
    elif not wanted.paths:
        yield showing.add_to_table


def _sources(wanted: Wanted) -> Iterator[Source]:
    return find_pictures(wanted.words, sys.stdin.buffer, wanted.sort_into)


def _total(wanted: Wanted, status: Status) -> int | None:
    """Return how many pictures there are, where somebody looks at a bar, and it can be known."""
    if not status.is_live or STANDARD_INPUT in wanted.words:
        return None
    return sum(1 for _ in _sources(wanted))


def _show_progress(status: Status, seen: int, total: int | None) -> None:
    if total is None:
        status.show_note(message("predict.looked_at", count=seen))
    else:
        status.looked_at(seen, max(seen, total))  # more may have come since they were counted


class _Showing:
    """What is shown of the answers: a table in pieces, the errors, and how many there were."""

    def __init__(self, classifier: Classifier, wanted: Wanted, status: Status) -> None:
        self.classifier, self.wanted, self._status = classifier, wanted, status
        self.names: Sequence[str] = classifier.class_names[current_language()]
        self.seen = 0
        self._counts: Counter[int] = Counter()
        self._unlike = 0
        self._rows: list[tuple[Path | str, Prediction]] = []
        self._errors: list[CotejoError] = []
        self._unreadable = 0
        self._code = 0
        self._sorter: Sorter | None = None

    @cached_property
    def _console(self) -> Console:
        return make_console()

    @property
    def exit_code(self) -> int:
        """The code 0 if all is well; else one that tells if some or none could be read."""
        if not self._unreadable:
            return 0
        return 1 if self._unreadable < self.seen else self._code

    def note(self, answer: Prediction | Unreadable) -> None:
        """Count an answer, and have an error said soon."""
        self.seen += 1
        if isinstance(answer, Unreadable):
            self._fail(answer.error)
        else:
            self._counts[answer.classes[0]] += 1
            self._unlike += bool(answer.unlike)
        if len(self._rows) >= _PIECE or len(self._errors) >= _PIECE:
            self.flush()

    def _fail(self, error: CotejoError) -> None:
        self._errors.append(error)
        self._unreadable += 1
        self._code = self._code or error.exit_code

    def add_to_table(self, path: Path | str, answer: Prediction | Unreadable) -> None:
        """Have an answer be a row of the table."""
        if isinstance(answer, Prediction):
            self._rows.append((path, answer))

    def print_row(self, row: str) -> None:
        """Print a row for a program; on a terminal, without what it would obey."""
        if sys.stdout.isatty():
            self._status.stop()
            row = visible(row)
        sys.stdout.write(row)

    def sorting_with(self, sorter: Sorter) -> Write:
        """Return what copies a picture to its class; one that can't be read is said to be so."""
        self._sorter = sorter

        def write(path: Path | str, answer: Prediction | Unreadable) -> None:
            if isinstance(answer, Unreadable):
                return
            if path == STANDARD_INPUT:
                raise ConfigError("predict_sort_input")
            if (error := sorter.put(path, answer)) is not None:
                self._fail(error)

        return write

    def flush(self) -> None:
        """Show the rows and the errors that wait."""
        if not self._rows and not self._errors:
            return
        self._status.stop()
        if self._rows:
            table = predictions_table(self._rows, self.names, self.wanted.top)
            print_whole(self._console, table)
        sys.stdout.flush()
        for error in self._errors:
            report_exception(error)
        self._rows.clear()
        self._errors.clear()

    def end(self) -> None:
        """Say, where people read it, how many there were of each class, and by which model."""
        self._status.stop()
        if self.wanted.as_json or self.wanted.csv == STANDARD_INPUT:
            return
        answered = sum(self._counts.values())
        if self.wanted.paths:
            if answered:
                self._console.print(class_counts_table(self._counts, self.names))
            lines: list[tuple[str, Any]] = [(message(key), at) for key, at in self.wanted.paths]
            print_lines(self._console, *lines)
            if self._sorter is not None:
                copied = message("predict.copied", count=self._sorter.copied)
                say(self._console, copied)
                if there := self._sorter.there_already:
                    say(self._console, message("predict.there_already", count=there))
        if answered:
            self._say_note()

    def _say_note(self) -> None:
        classifier = self.classifier
        known = ", ".join([*self.names[:_MOST_NAMED], *(["…"] * (len(self.names) > _MOST_NAMED))])
        say(self._console, message("cli.predict_note", model=classifier.name, classes=known), "dim")
        say(self._console, limits_note(classifier.limits, self.wanted.coverage), "dim")
        if self._unlike:
            say(self._console, message("predict.unlike", count=self._unlike), "yellow")

"""Lines that change in place on a terminal; elsewhere a few plain lines, or none."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cotejo.cli.console import fits, say
from cotejo.cli.tables import numbers
from cotejo.messages import message
from cotejo.numbers import NO_BREAK
from cotejo.study.progress import PlannedRun

__all__ = ["Status", "bar", "left_text"]

_BAR = "cyan"
# Widths in columns of text. Cells have a least width so that the bar stays in its place.
_GAP = 2
_NAME_WIDTH = 12
_WIDEST_NAME = 28
_BAR_WIDTH = 6
_WHERE_WIDTH = 13
_LEFT_WIDTH = 15


class Status:
    """One or two live lines at the foot of a terminal.

    Args:
        console: the console to write to. If it is not a terminal, `download`, `pictures` and
            `counted` print a line for every tenth, and nothing else is shown.
        live: whether lines may change in place.
    """

    def __init__(self, console: Console, *, live: bool = True) -> None:
        self._console = console
        is_terminal = live and console.is_terminal and not console.is_dumb_terminal
        self._is_live = is_terminal and fits(console)
        self._live: Live | None = None
        self._run: PlannedRun | None = None
        self._place, self._step = "", ""
        self._number, self._runs = 0, 0
        self._fraction = 0.0
        self._run_left: float | None = None
        self._study_left: float | None = None
        self._last_tenth: tuple[str, int] | None = None

    @property
    def is_live(self) -> bool:
        """Whether anybody sees it."""
        return self._is_live

    def stop(self) -> None:
        """Take the live lines away."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        self._last_tenth = None

    def show_note(self, text: str) -> None:
        """Show one line that says what is being done."""
        self.show(Text(text, style="dim"))

    def download(self, source: str, done: int, total: int | None) -> None:
        """Show a download's progress."""
        sizes = " / ".join(_megabytes(size) for size in (done, total) if size is not None)
        line = message("cli.download", source=source, size=sizes)
        self._share(source, done / total if total else 0.0, line)

    def pictures(self, done: int, total: int) -> None:
        """Show how many pictures have been read."""
        line = message("cli.pictures_read", done=done, total=total)
        self._share("pictures", done / total, line)

    def counted(self, kind: str, done: int, total: int, line: str) -> None:
        """Show how many of some kind are done.

        Where there is no terminal, and all are done at once, nothing is printed.
        """
        has_begun = self._last_tenth is not None and self._last_tenth[0] == kind
        if self._is_live or done < total or has_begun:
            self._share(kind, done / total, line)

    def looked_at(self, done: int, total: int) -> None:
        """Show how many pictures a model has looked at; nothing where there is no terminal."""
        if self._is_live:
            line = message("predict.looked_at_of", done=done, total=total)
            self._share("looked at", done / total, line)

    def _share(self, kind: str, fraction: float, line: str) -> None:
        """Show a line beside a bar; where there is no terminal, print it once for every tenth."""
        if self._is_live:
            bar = ProgressBar(total=1.0, completed=fraction, complete_style=_BAR, width=20)
            grid = Table.grid(padding=(0, 1))
            grid.add_row(bar, Text(line, overflow="ellipsis", no_wrap=True))
            self.show(grid)
            return
        tenth = (kind, int(10 * fraction))
        if tenth != self._last_tenth:
            self._last_tenth = tenth
            say(self._console, line)

    def run_started(self, run: PlannedRun, number: int, runs: int) -> None:
        """Show the lines of a run, which is number ``number`` of ``runs``."""
        self._run, self._number, self._runs = run, number, runs
        self._place, self._step = "", message("cli.starting")
        self.show(self.render())

    def batch_ended(self, epoch: int, step: int, steps: int) -> None:
        """Show the epoch and the step that training has reached."""
        if self._run is not None:
            self._place = message("cli.live_epoch", epoch=epoch, epochs=self._run.epochs)
            self._step = f"{step}/{steps}"

    def epoch_ended(self, epoch: int, epochs: int) -> None:
        """Show, after the last epoch, that the run is being evaluated."""
        if epoch == epochs:
            self._place, self._step = "", message("cli.evaluating")

    def time_left(self, fraction: float, run_left: float | None, study_left: float | None) -> None:
        """Show which fraction of the run is done, and the seconds left, also of the study."""
        self._fraction, self._run_left, self._study_left = fraction, run_left, study_left
        self.show(self.render())

    def show(self, content: RenderableType) -> None:
        """Show something in place of what is shown now; nothing where there is no terminal."""
        if not self._is_live:
            return
        if self._live is None:
            self._live = Live(content, console=self._console, transient=True, refresh_per_second=5)
            self._live.start()
        else:
            self._live.update(content)

    def render(self) -> RenderableType:
        """Return the lines of the run that was told of last."""
        run = self._run
        name = "" if run is None else message("cli.run_name", name=run.alternative, seed=run.seed)
        number = message("cli.live_run", number=self._number, runs=self._runs)
        done = (self._number - 1 + self._fraction) / max(self._runs, 1)
        left = (left_text(self._run_left), left_text(self._study_left))
        # Four columns are left free: a terminal shows ^C there without breaking the line. Earlier
        # versions of Rich than 14.3 put a gap after the last column too.
        room = self._console.width - 4 - max(_LEFT_WIDTH, *map(len, left)) - 3 * _GAP
        where = self._where(room - _NAME_WIDTH - _BAR_WIDTH - _GAP)
        room -= max(_WHERE_WIDTH, len(where)) + _GAP if where else 0
        name_width = max(min(max(len(name), len(number)), _WIDEST_NAME, room - _BAR_WIDTH), 1)
        grid = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
        grid.add_column(no_wrap=True, overflow="ellipsis", width=name_width)
        grid.add_column(width=max(room - name_width, 1))
        if where:
            grid.add_column(no_wrap=True, min_width=_WHERE_WIDTH)
        grid.add_column(no_wrap=True, justify="right", min_width=_LEFT_WIDTH)
        places = [(where,), ("",)] if where else [(), ()]
        grid.add_row(name, bar(self._fraction), *places[0], left[0])
        grid.add_row(Text(number, style="dim"), bar(done), *places[1], left[1])
        return grid

    def _where(self, room: int) -> str:
        """Return the epoch and the step, as much of it as there is room for."""
        whole = "  ".join(part for part in (self._place, self._step) if part)
        return next((text for text in (whole, self._place) if len(text) <= room), "")


def bar(fraction: float) -> ProgressBar:
    """Return a bar of which a fraction is done."""
    return ProgressBar(total=1.0, completed=min(fraction, 1.0), complete_style=_BAR)


def left_text(seconds: float | None) -> str:
    """Return the time that is left, in words; "" where nobody knows."""
    if seconds is None:
        return ""
    # Whole seconds: tenths would only flicker.
    whole = max(round(seconds), 0)
    duration = f"{whole}{NO_BREAK}s" if whole < 10 else numbers().duration(whole)
    return message("cli.time_left", duration=duration)


def _megabytes(size: int) -> str:
    return f"{numbers().integer(size / 1e6)} MB"

"""How every figure looks: colours, lines, axes, and its way into the page as SVG."""

from __future__ import annotations

import io
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from math import ceil
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias

from cotejo.errors import ConfigError
from cotejo.numbers import Numbers
from cotejo.report.naming import together

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

__all__ = [
    "COLOURS",
    "GREY",
    "INK",
    "PHONE_WIDTH",
    "TEXT_WIDTH",
    "Draw",
    "colour",
    "draw_svg",
    "drawn_into",
    "draws",
    "dress",
    "legend",
    "legend_columns",
    "legend_height",
    "line_style",
    "new_figure",
    "number_axis",
    "panels",
    "showing_itself",
    "to_png",
    "to_svg",
    "wrapped",
]

Arguments = ParamSpec("Arguments")

Draw: TypeAlias = "Callable[..., Figure]"
"""Draws a figure, ``width`` inches wide if that is given."""

INK = "#333333"
GREY = "#999999"
TEXT_WIDTH = 7.4
"""The width in inches of a figure that is as wide as the text."""
PHONE_WIDTH = 3.6
"""The width in inches of a figure for a phone: letters of 8 points are 11 pixels high there."""
_FAINT = "#d9d9d9"
_ENLARGED = 1.6
"""Pixels a point: 1.33 is life size; a page is read from further away than a sheet."""
_READABLE = 11
"""The least height in pixels of a figure's letters: on a narrow screen the figure scrolls."""

# Okabe and Ito's palette, which colour-blind readers tell apart, without its yellow, which is
# too pale for a line on white. https://jfly.uni-koeln.de/color/
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))


COLOURS = len(_COLOURS)
"""How many alternatives have a colour of their own."""


def colour(index: int) -> str:
    """Return the colour of the study's alternative at ``index``, the same in the whole report."""
    return _COLOURS[index % len(_COLOURS)]


def line_style(index: int) -> Any:
    """Return its line style: the second cue once the colours come round again."""
    return _DASHES[index // len(_COLOURS) % len(_DASHES)]


_place: ContextVar[Any] = ContextVar("place", default=None)
"""The part of somebody's own figure that is drawn into instead of a new one."""


@contextmanager
def drawn_into(axes: Axes) -> Iterator[Figure]:
    """Have what is drawn in this block take the place of somebody's axes.

    Yields:
        The figure that the axes are of.

    Raises:
        ConfigError: they have no place in a grid, as those of ``subplots`` have.
    """
    figure: Any = axes.get_figure()
    place = axes.get_subplotspec()
    if place is None:
        raise ConfigError("axes_outside_grid")
    part = figure.add_subfigure(place)
    # Helpers ask a figure for its width, which a part of one does not know by that name.
    part.get_figwidth = lambda: TEXT_WIDTH
    token = _place.set(part)
    try:
        yield figure
    finally:
        _place.reset(token)
    axes.remove()


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches, outside pyplot's global state."""
    from matplotlib.figure import Figure

    if (place := _place.get()) is not None:
        return place  # type: ignore[no-any-return]
    return Figure(figsize=(width, height), layout="constrained")


def panels(figure: Figure, count: int, **options: Any) -> list[Axes]:
    """Return axes side by side; below each other in a figure for a phone."""
    if figure.get_figwidth() <= PHONE_WIDTH:
        return list(figure.subplots(count, 1, squeeze=False, **options)[:, 0])
    return list(figure.subplots(1, count, squeeze=False, **options)[0])


def wrapped(label: str, figure: Figure, letters: int = 17) -> str:
    """Return a label, in a figure for a phone on lines of at most so many letters."""
    label = together(label)
    return textwrap.fill(label, letters) if figure.get_figwidth() <= PHONE_WIDTH else label


_LEGEND_ROW = 0.2
"""The height in inches that a row of a legend takes."""


def legend_columns(labels: Sequence[str], width: float, most: int = 3) -> int:
    """Return how many entries of a legend fit beside each other in ``width`` inches, at least 1.

    Example:
        >>> legend_columns(["base", "he"], 7.4), legend_columns(["x" * 60] * 4, 7.4)
        (2, 1)
    """
    # A letter of 8 points is about 0.06 inches wide; the mark and the space around take the rest.
    entry = 0.06 * max(map(len, labels)) + 0.6
    return max(1, min(most, len(labels), int(width / entry)))


def legend_height(labels: Sequence[str], width: float) -> float:
    """Return the height in inches of the legend that a figure so wide has of these labels.

    Example:
        >>> legend_height(["base", "he"], 7.4), legend_height(["x" * 60] * 4, 7.4)
        (0.2, 0.8)
    """
    return _LEGEND_ROW * -(-len(labels) // legend_columns(labels, width))


def legend(figure: Figure, handles: Sequence[Line2D], most: int = 3, **options: Any) -> None:
    """Put a legend under a figure, up to ``most`` entries in a row, as many as fit."""
    labels = [str(handle.get_label()) for handle in handles]
    figure.legend(
        handles=list(handles),
        loc="outside lower center",
        ncols=legend_columns(labels, figure.get_figwidth(), most),
        frameon=False,
        fontsize=8,
        labelcolor=INK,
        **options,
    )


def draws(draw: Callable[Arguments, Figure]) -> Callable[Arguments, Figure]:
    """Decorate a function that draws a figure: what it writes is text, never a formula.

    A label is the user's, and may hold dollar signs. Matplotlib asks its configuration when it
    makes each piece of text.
    """

    @wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Figure:
        from matplotlib import rc_context

        with rc_context({"text.parse_math": False}), _any_script():
            return draw(*args, **kwargs)

    return drawn


@contextmanager
def _any_script() -> Iterator[None]:
    """Let text be in a script that Matplotlib's font lacks, such as Chinese, without a warning.

    Matplotlib only measures it, by boxes of about its size: it is drawn as text, and whoever
    shows the page has the letters.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font", UserWarning)
        warnings.filterwarnings("ignore", "Matplotlib currently does not support", UserWarning)
        yield


def dress(axes: Axes, title: str = "") -> None:
    """Leave of an axes' frame what helps to read it."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#999999")
    axes.tick_params(colors=INK, labelsize=8, length=3, color="#999999")
    axes.grid(axis="y", color=_FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.xaxis.label.set(size=9, color=INK)
    axes.yaxis.label.set(size=9, color=INK)
    if title:
        axes.set_title(title, fontsize=9, color=INK, loc="left")


def number_axis(axis: Any, numbers: Numbers, *, percent: bool = False, whole: bool = False) -> None:
    """Write an axis's ticks in the language: as percentages, whole numbers or decimals."""
    from matplotlib.ticker import Formatter, MaxNLocator

    class Written(Formatter):
        """Writes all ticks at once: how many decimals they need is found out once."""

        def format_ticks(self, values: Any) -> list[str]:
            digits = _digits([100 * value if percent else value for value in values])
            write = numbers.percent if percent else numbers.decimal
            return [write(value, digits) for value in values]

        def __call__(self, value: float, pos: int | None = None) -> str:
            return self.format_ticks([*axis.get_majorticklocs(), value])[-1]

    if whole:
        axis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=1))
    axis.set_major_formatter(Written())


def _digits(ticks: Sequence[float]) -> int:
    """Return the fewest decimals, at most 6, that all ticks of an axis can be written with.

    Ticks come with rounding errors such as 0.30000000000000004.
    """
    return next(
        digits
        for digits in range(7)
        if digits == 6 or all(abs(tick - round(tick, digits)) < 1e-9 for tick in ticks)
    )


def to_svg(figure: Figure, name: str, variant: str = "") -> str:
    """Return a figure as an ``<svg>`` element for an HTML page.

    Text stays text: it is small, can be searched and copied, and takes the page's font. The
    same figure gives the same bytes: no date in it, and ids that are salted with ``name``,
    which also keeps two figures' ids apart in one page.

    Args:
        figure: what is drawn. It is laid out, and can't be changed afterwards.
        name: the figure's; its caption has the id ``<name>-caption``.
        variant: what tells two drawings of the same figure apart.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    file = io.StringIO()
    # Read from the configuration only; the ticks' text is made here.
    with (
        rc_context(
            {"svg.fonttype": "none", "svg.hashsalt": name + variant, "text.parse_math": False}
        ),
        _any_script(),
    ):
        _lay_out(figure)
        canvas: Any = FigureCanvasSVG(figure)
        canvas.print_svg(file, metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    return _for_page(file.getvalue(), name)


def showing_itself(figure: Figure) -> Figure:
    """Return a figure that a notebook shows: one outside of pyplot has no picture of itself."""
    figure._repr_png_ = lambda: to_png(figure)  # type: ignore[attr-defined]
    return figure


def to_png(figure: Figure) -> bytes:
    """Return a figure as the bytes of a PNG file."""
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=110, metadata={"Software": None})
    return content.getvalue()


def draw_svg(draw: Draw, name: str, width: float | None = None) -> str:
    """Draw a figure and return it as an ``<svg>`` element, as `to_svg` does.

    Args:
        draw: draws it.
        name: the figure's.
        width: in inches; its usual one if left out.
    """
    return to_svg(draw(), name) if width is None else to_svg(draw(width=width), name, "narrow")


def _lay_out(figure: Figure) -> None:
    """Place what the figure has, once, and leave its ground transparent.

    ``Figure.savefig`` does the same but draws everything twice.
    """
    if (engine := figure.get_layout_engine()) is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")
    for ground in (figure.patch, *(axes.patch for axes in figure.axes)):
        ground.set_facecolor("none")
        ground.set_edgecolor("none")


_LINES = "stroke-linejoin:round;stroke-linecap:butt;"


def _for_page(svg: str, name: str) -> str:
    svg = svg[svg.index("<svg") :]
    head, _, body = svg.partition(">")
    # The page sets the size, from the view box; the caption names the figure.
    head = re.sub(r'\s(width|height|version|xmlns(:\w+)?)="[^"]*"', "", head)
    width = re.search(r'viewBox="0 0 ([\d.]+)', head)
    size = f' style="{_LINES}{_sizes(float(width[1]), body)}"' if width else ""
    body = re.sub(r"<!--.*?-->\n?", "", body, flags=re.DOTALL)
    # Matplotlib's one rule is of all lines of a page, or of a notebook: here they inherit it.
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>\n?", "", body, flags=re.DOTALL)
    # Matplotlib names groups figure_1, axes_1 and so on in every figure alike.
    body = re.sub(r'<g id="[^"]*"', "<g", body)
    return f'{head} role="img" aria-labelledby="{name}-caption"{size}>{body}'


def _sizes(width: float, body: str) -> str:
    """Return the largest width of a figure in the page, and the least at which its text reads."""
    fonts = [float(size) for size in re.findall(r"font(?:-size)?: ([\d.]+)px", body)]
    least = ceil(width * _READABLE / min(fonts)) if fonts else 0
    return f"max-width:{round(width * _ENLARGED)}px;--readable:{least}px"

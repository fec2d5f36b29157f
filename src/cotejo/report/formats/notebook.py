"""The report as a Jupyter notebook: its prose, and a cell for each table and figure.

Each such cell holds what makes the table or the figure, and what came of it. So the notebook reads
without being run, and runs again wherever the study's folder is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cotejo.report.exhibits import Exhibits
from cotejo.report.formats.cells import Notebook
from cotejo.report.formats.markdown import escaped, to_markdown
from cotejo.report.formats.parsing import parse
from cotejo.report.own_code import with_imports
from cotejo.report.words import Words

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

    from cotejo.report.page import Undrawn

__all__ = ["Network", "in_language", "to_notebook"]

_PLOTS = {
    "accuracies": "accuracies",
    "comparison": "curves",
    "confusion": "confusion",
    "differences": "differences",
    "distribution": "classes",
    "training": "training",
}
"""The figures that a method of `Comparison.plot` draws, by their names in the report."""

_ATTACHED = "attachment"
_PICTURE = re.compile(rf"\({_ATTACHED}/([\w-]+\.(?:png|svg))\)")
_MARK = re.compile(r"^COTEJO-(table|figure|network)-(\d+)$", re.MULTILINE)
_ABOUT = re.compile(r'(def build\(.*\):\n    """).*?(?=""")')


@dataclass(frozen=True)
class Network:
    """What a notebook says of the network of the best.

    Attributes:
        label: of the alternative.
        program: what builds the network in Keras; None where there is none.
        own: the name of the user's own file that builds it, and what of its text does; None of a
            model of Cotejo's.
        parameters: how many it has.
    """

    label: str
    program: str | None
    own: tuple[str, str] | None
    parameters: int | None


def to_notebook(
    page: Undrawn,
    every: Undrawn,
    network: Network | None,
    study: str,
    words: Words,
    version: str,
) -> dict[str, Any]:
    """Return the report as the content of a notebook's file.

    Args:
        page: the report, as much of it as the notebook has.
        every: the report with its appendix, in which the tables and figures are looked up.
        network: of the best; None where it was trained elsewhere.
        study: the study's folder, as the notebook's own folder sees it.
        words: the language.
        version: Cotejo's.
    """
    soup, _ = parse(page.html)
    _only_prose(soup, is_brief="appendix" not in _anchors(soup))
    text, pictures = to_markdown(str(soup), _ATTACHED)
    notebook = Notebook(version)
    exhibits, start = Exhibits(every), True
    place = 0
    for mark in _MARK.finditer(text):
        start = _add_text(notebook, text[place : mark.start()], pictures, start, study, words)
        kind, number = mark[1], int(mark[2])
        place = mark.end()
        if kind == "table":
            shown: Any = exhibits.table(number)
            notebook.add_code(
                f"comparison.show(table={number})", name=f"table-{number}", shown=shown
            )
        elif kind == "figure":
            drawing = page.drawings.get(number)
            method = _PLOTS.get(drawing.name) if drawing is not None else None
            call = f"plot.{method}()" if method else f"show(figure={number})"
            shown = exhibits.figure(number)
            notebook.add_code(f"comparison.{call}", name=f"figure-{number}", shown=shown)
        elif network is not None:
            _add_network(notebook, network, words)
    _add_text(notebook, text[place:], pictures, start, study, words)
    return notebook.content(words.language)


def _add_text(
    notebook: Notebook,
    text: str,
    pictures: dict[str, bytes],
    start: bool,
    study: str,
    words: Words,
) -> bool:
    """Add a cell of text for each section that begins; return whether the first is to come."""
    for part in re.split(r"\n(?=#{2,3} )", text):
        shown = {name: pictures[name] for name in _PICTURE.findall(part)}
        notebook.add_text(_PICTURE.sub(rf"({_ATTACHED}:\1)", part), shown)
        if start:
            start = False
            notebook.add_text(words.say("notebook.about"))
            source = f'comparison = cotejo.Comparison({study!r}, language="{words.language}")'
            source = source.replace("'", '"') if '"' not in study else source
            notebook.add_code(f"import cotejo\n\n{source}", name="comparison")
    return start


def _add_network(notebook: Notebook, network: Network, words: Words) -> None:
    heading = words.say("notebook.network_heading", best=escaped(network.label))
    if network.own is not None:
        file, text = network.own
        notebook.add_text(f"{heading}\n\n{words.say('notebook.network_own', file=file)}")
        notebook.add_code(with_imports(text), name="network")
        return
    if network.program is None:
        notebook.add_text(f"{heading}\n\n{words.say('notebook.network_none')}")
        return
    notebook.add_text(f"{heading}\n\n{words.say('notebook.network')}")
    notebook.add_code(in_language(network.program, words), name="network")
    notebook.add_code("build().count_params()", name="parameters", shown=network.parameters)


def in_language(program: str, words: Words) -> str:
    """Return a network's program with what it says of itself in a language."""
    about = words.say("notebook.build")
    return _ABOUT.sub(lambda found: found[1] + about, program, count=1)


def _anchors(soup: BeautifulSoup) -> set[str]:
    # The appendix's own heading stands there for a whole one alone.
    parts = soup.select("main > section[id]")
    appended = [part for part in parts if str(part["id"]).endswith("-appendix")]
    return {"appendix"} if len(appended) > 1 else set()


def _only_prose(soup: BeautifulSoup, *, is_brief: bool) -> None:
    """Take the contents out, and tables and figures: a line stands for each, beside its caption."""
    for nav in soup.select("nav"):
        nav.decompose()
    if is_brief:
        for unseen in soup.select("#appendix, .see"):
            unseen.decompose()
    for link in soup.select('a[href^="#"]'):
        link.unwrap()
    for place in list(_exhibited(soup)):
        kind, number = str(place["id"]).rsplit("-", 1)
        caption = place.select_one("figcaption, .caption")
        said = soup.new_tag("p")
        if caption is not None:
            said.extend(list(caption.children))
        mark = _line(soup, f"COTEJO-{kind}-{number}")
        parts = [said, mark] if kind == "table" else [mark, said]
        place.insert_before(*parts)
        place.decompose()
    training = soup.select_one("section#training")
    if training is None:
        return
    epochs = soup.select_one("section#training-appendix")
    if is_brief and epochs is not None:
        heading = epochs.find("h2")
        if heading is not None:
            heading.name = "h3"
            for counted in heading.select(".number"):
                counted.decompose()
        training.append(epochs.extract())
    training.append(_line(soup, "COTEJO-network-0"))


def _exhibited(soup: BeautifulSoup) -> Iterator[Tag]:
    for place in soup.select("figure[id], div.table[id]"):
        if re.fullmatch(r"(figure|table)-\d+", str(place["id"])):
            yield place


def _line(soup: BeautifulSoup, text: str) -> Tag:
    line = soup.new_tag("p")
    line.string = text
    return line

"""The page as a tree of plain data, and its images: the input of a PDF's layout."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from bs4 import Tag
from bs4.element import NavigableString

from cotejo.numbers import NO_BREAK
from cotejo.report.formats.parsing import parse
from cotejo.report.formats.picture_files import standalone

__all__ = ["Tree", "to_tree"]

_UNSEEN = {"head", "script", "style"}
_COLOUR = re.compile(r"(?:background|box-shadow)\s*:[^;]*(#[0-9a-fA-F]{6})\b")
_DATA = re.compile(r"data:image/(png|jpeg);base64,(.*)", re.DOTALL)
# What HTML takes for one space. A no-break space is none of it: no line breaks at it.
_SPACES = re.compile(r"[ \t\n\r\f]+")
_INTERVAL = re.compile(r"\[[^\[\]]*\d[^\[\]]*[;,] [^\[\]]*\d[^\[\]]*\]")
# Their children are elements; the spaces between those are the template's lines.
_BLOCKS = {"body", "div", "dl", "figure", "header", "html", "main", "nav", "ol", "section", "ul"}
_TABLES = {"table", "thead", "tbody", "tr"}


@dataclass
class Tree:
    """A page as data.

    Attributes:
        title: the page's.
        author: who signs it; empty if nobody does.
        language: its code, such as ``"es"``.
        elements: the page's body: texts, and dicts with a ``tag``, and what of ``kinds``,
            ``id``, ``target``, ``colour``, ``file``, ``alt`` and ``children`` an element has.
        files: the content of each image and figure by the name that the elements call it.
    """

    title: str = ""
    author: str = ""
    language: str = "en"
    elements: list[Any] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def text(self) -> str:
        """Return every text that the page and its figures may show."""
        figures = (file.decode() for name, file in self.files.items() if name.endswith(".svg"))
        return "".join([self.title, *_texts(self.elements), *figures])


def to_tree(page: str) -> Tree:
    """Return the rendered page as data.

    Example:
        >>> to_tree('<p class="intro">As <b>data</b></p>').elements
        [{'tag': 'p', 'kinds': ['intro'], 'children': ['As ', {'tag': 'b', 'children': ['data']}]}]
    """
    soup, figures = parse(page)
    root, title = soup.find("html"), soup.find("title")
    tree = Tree()
    if isinstance(root, Tag):
        tree.language = str(root.get("lang", "en"))
    if title is not None:
        tree.title = title.get_text()
    if (author := soup.select_one("header .author")) is not None:
        tree.author = author.get_text()
    for place, svg in enumerate(figures):
        tree.files[f"drawn-{place}.svg"] = standalone(svg).encode()
    tree.elements = _children(soup, tree)
    return tree


def _children(element: Tag, tree: Tree) -> list[Any]:
    children: list[Any] = []
    for child in element.children:
        if isinstance(child, Tag):
            if child.name not in _UNSEEN:
                children.append(_element(child, tree))
        elif type(child) is NavigableString:
            text = str(child) if element.name == "code" else _on_one_line(_SPACES.sub(" ", child))
            if text.strip() or not _only_lays_out(element):
                children.append(text)
    return children


def _on_one_line(text: str) -> str:
    r"""Return a text in which no line breaks inside an interval.

    Example:
        >>> _on_one_line("of 0.5 [0.4, 0.6] points")
        'of 0.5 [0.4,\xa00.6] points'
    """
    return _INTERVAL.sub(lambda found: found[0].replace(" ", NO_BREAK), text)


def _only_lays_out(element: Tag) -> bool:
    return element.name in _BLOCKS | _TABLES or element.name == "[document]"


def _element(element: Tag, tree: Tree) -> dict[str, Any]:
    node: dict[str, Any] = {"tag": element.name}
    if kinds := element.get("class"):
        node["kinds"] = list(kinds)
    if name := element.get("id"):
        node["id"] = str(name)
    if colour := _COLOUR.search(str(element.get("style", ""))):
        node["colour"] = colour[1]
    href = str(element.get("href", ""))
    # A file beside the page is only named: a PDF is handed in without it.
    if href.startswith(("#", "https:")):
        node["target"] = href.removeprefix("#")
    if element.name == "img":
        return node | _image(element, tree)
    if children := _children(element, tree):
        node["children"] = children
    return node


def _image(image: Tag, tree: Tree) -> dict[str, Any]:
    """Return what an image adds to its element; only one whose content is in the page is shown."""
    said = str(image.get("alt", ""))
    if "drawn" in (image.get("class") or ()):
        figure = image.find_parent("figure")
        caption = figure.find("figcaption") if figure is not None else None
        alt = caption.get_text().strip() if caption is not None else ""
        return {"tag": "svg", "file": f"drawn-{said}.svg", "alt": alt}
    embedded = _DATA.fullmatch(str(image.get("src", "")))
    if embedded is None:
        return {"alt": said}
    content = base64.b64decode(embedded[2])
    # The same image is often shown in several places.
    name = f"{hashlib.sha256(content).hexdigest()[:24]}.{embedded[1]}"
    tree.files[name] = content
    return {"file": name, "alt": said}


def _texts(nodes: list[Any]) -> list[str]:
    texts = []
    for node in nodes:
        if isinstance(node, str):
            texts.append(node)
        else:
            texts.extend([str(node.get("alt", "")), *_texts(node.get("children", []))])
    return texts

"""The page, reduced to what Markdown has: headings, text, lists, tables and images."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_uppercase

from bs4 import BeautifulSoup, Tag

from cotejo.report.formats.parsing import parse
from cotejo.report.formats.picture_files import Pictures

__all__ = ["simplify"]

_PER_ROW = 6
"""Images of a gallery side by side."""


def simplify(page: str, pictures: Pictures) -> BeautifulSoup:
    """Return the page's elements, simplified; its figures and images are added to ``pictures``."""
    soup, figures = parse(page)
    for unseen in soup.select("head, script, style, .swatch"):
        unseen.decompose()
    _link_contents(soup)
    _letter_contents(soup)
    for image in soup.select("img.drawn"):
        _place_figure(soup, image, figures[int(str(image["alt"]))], pictures)
    for gallery in soup.select(".gallery"):
        _lay_out(soup, gallery, pictures)
    for strip in soup.select(".strip"):
        _place_strip(soup, strip, pictures)
    for image in soup.select('img[src^="data:"]'):
        image.replace_with(_as_one(soup, [image], pictures))
    for listed in soup.select("dl"):
        _list_terms(soup, listed)
    _simplify_text(soup)
    return soup


def _link_contents(soup: BeautifulSoup) -> None:
    """Point the contents at the anchors that GitHub gives to headings."""
    for section in soup.select("section[id]"):
        heading = section.find("h2")
        if heading is None:
            continue
        for link in soup.select(f'a[href="#{section["id"]}"]'):
            link["href"] = "#" + _anchor(heading.get_text())


def _letter_contents(soup: BeautifulSoup) -> None:
    """Write the letters of the appendix's parts, which Markdown's lists have not."""
    for listed in soup.select("ol.letters"):
        listed.name = "ul"
        for letter, link in zip(ascii_uppercase, listed.select("a"), strict=False):
            link.insert(0, f"{letter} ")


def _anchor(heading: str) -> str:
    """Return GitHub's anchor of a heading.

    Example:
        >>> _anchor("3 Las alternativas: «A, b»")
        '3-las-alternativas-a-b'
    """
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _place_figure(soup: BeautifulSoup, image: Tag, svg: str, pictures: Pictures) -> None:
    figure = image.find_parent("figure")
    caption = figure.find("figcaption") if figure is not None else None
    name = str(caption["id"]).removesuffix("-caption") if caption is not None else "figure"
    title = caption.find("b") if caption is not None else None
    image["alt"] = title.get_text().rstrip(".") if title is not None else name
    image["src"] = pictures.add_figure(svg, name)


def _place_strip(soup: BeautifulSoup, strip: Tag, pictures: Pictures) -> None:
    """Make one image of those in a row, after the row's name where it has one."""
    images = strip.find_all("img")
    if images:
        alone = _as_one(soup, images, pictures)
        strip.clear()
        strip.append(alone)
    row = strip.find_parent(class_="row")
    name = row.find("span", class_=lambda of: of != "strip") if row is not None else None
    if name is not None:
        name.insert_after(": ")


def _as_one(soup: BeautifulSoup, images: Iterable[Tag], pictures: Pictures) -> Tag:
    images = list(images)
    place = images[0].find_parent(id=re.compile("^(figure|table)-"))
    name = str(place["id"]) if place is not None else "image"
    address = pictures.add_strip([str(image["src"]) for image in images], name)
    said = dict.fromkeys(str(image.get("alt", "")) for image in images)
    return soup.new_tag("img", src=address, alt=", ".join(said))


def _lay_out(soup: BeautifulSoup, gallery: Tag, pictures: Pictures) -> None:
    """Make a gallery a table: a row of images, under it a row of what is said of each."""
    shown = [entry for entry in gallery.find_all("div", recursive=False) if entry.find("img")]
    table = soup.new_tag("table")
    for start in range(0, len(shown), _PER_ROW):
        group = shown[start : start + _PER_ROW]
        above, below = soup.new_tag("tr"), soup.new_tag("tr")
        for entry in group + [None] * (min(_PER_ROW, len(shown)) - len(group)):
            picture = soup.new_tag("td" if start else "th", attrs={"class": "middle"})
            text = soup.new_tag("td")
            if entry is not None:
                picture.append(_as_one(soup, entry.find_all("img"), pictures))
                text.append(", ".join(entry.stripped_strings).replace(", →", " →"))
            above.append(picture)
            below.append(text)
        table.extend([above, below])
    gallery.replace_with(table)


def _list_terms(soup: BeautifulSoup, listed: Tag) -> None:
    """Make a list of terms and what is said of each a plain list."""
    items = soup.new_tag("ul")
    for entry in listed.find_all("div", recursive=False):
        term, said = entry.find("dt"), entry.find("dd")
        if term is None or said is None:
            continue
        item, strong = soup.new_tag("li"), soup.new_tag("b")
        strong.extend(list(term.children))
        item.extend([strong, ": ", *list(said.children)])
        items.append(item)
    listed.replace_with(items)


def _simplify_text(soup: BeautifulSoup) -> None:
    for mark in soup.select(".mark, tr.marked > th"):
        mark.name = "b" if "mark" in (mark.get("class") or ()) else mark.name
    for heading in soup.select("summary"):
        # What folds away on a page is open here, under a line of its own.
        heading.name = "p"
        strong = soup.new_tag("b")
        strong.extend(list(heading.children))
        heading.append(strong)
    for remark in soup.select("small"):
        text = remark.get_text().strip()
        remark.replace_with(f" {text}" if text.startswith("[") else f" ({text})")
    for footer in soup.select("footer"):
        footer.name = "p"

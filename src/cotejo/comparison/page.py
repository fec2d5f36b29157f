"""How a comparison shows itself: a table with intervals, the verdict in words, the curves."""

from __future__ import annotations

import base64
from html import escape

from cotejo.comparison.looked import looked_lines
from cotejo.facts import AlternativeFacts
from cotejo.report.drawing import to_png
from cotejo.report.findings import Findings
from cotejo.report.topics.claims.words import claim_lines
from cotejo.report.topics.conclusion.words import conclusion
from cotejo.report.topics.curves.comparison import comparison
from cotejo.report.words import NOT_APPLICABLE, Words

__all__ = ["as_html", "as_text", "trained_as_html"]

_STYLE = (
    "border-collapse:collapse;margin:0 0 .8em;font-variant-numeric:tabular-nums",
    "text-align:right;padding:.25em .8em;border-bottom:1px solid rgba(128,128,128,.35)",
    "text-align:left;padding:.25em .8em .25em 0;border-bottom:1px solid rgba(128,128,128,.35)",
)
"""Of the table, of its numbers, of its names. Colours are the notebook's own, light or dark."""

_FIGURE = "background:#fff;border-radius:6px;padding:8px;width:760px;max-width:100%"


def as_text(findings: Findings, language: str) -> str:
    """Return the table and the verdict as plain text."""
    words = Words(language)
    header, *rows = _rows(findings, words)
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = []
    for row in (header, *rows):
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        lines.append("  ".join(cells).rstrip())
    claims = [f"\N{BULLET} {line}" for line in claim_lines(findings, words)]
    said = [*conclusion(findings, words), *looked_lines(findings, words)]
    return "\n".join([*lines, "", *said, *claims])


def as_html(findings: Findings, language: str) -> str:
    """Return the table, the verdict and the curves as HTML that keeps to itself.

    It brings no style sheet, which would change the notebook around it, and no ``<svg>``, of which
    JupyterLab leaves nothing but the words in a notebook that comes from somebody else.
    """
    words = Words(language)
    said = " ".join(map(escape, conclusion(findings, words)))
    claims = "".join(f"<li>{escape(line)}</li>" for line in claim_lines(findings, words))
    listed = f'<ul style="max-width:760px">{claims}</ul>' if claims else ""
    if looked := " ".join(map(escape, looked_lines(findings, words))):
        listed = f'<p style="max-width:760px">{looked}</p>{listed}'
    curves = base64.b64encode(to_png(comparison(findings.facts, words))).decode()
    words_for_it = escape(words.say("curves.figure_comparison"))
    return (
        f'<div lang="{language}">{_table(_rows(findings, words))}'
        f'<p style="max-width:760px">{said}</p>{listed}'
        f'<img style="{_FIGURE}" alt="{words_for_it}" src="data:image/png;base64,{curves}"></div>'
    )


def trained_as_html(findings: Findings, alternative: AlternativeFacts, language: str) -> str:
    """Return the row of one alternative as HTML."""
    words = Words(language)
    return _table([_header(words), _row(alternative, findings, words)])


def _table(rows: list[list[str]]) -> str:
    """Return rows of texts, the header first, as a table."""
    whole, number, name = _STYLE

    def line(cells: list[str], tag: str) -> str:
        styles = [name, *[number] * (len(cells) - 1)]
        pairs = zip(cells, styles, strict=True)
        made = "".join(f'<{tag} style="{style}">{escape(cell)}</{tag}>' for cell, style in pairs)
        return f"<tr>{made}</tr>"

    header, *others = rows
    body = "".join(line(row, "td") for row in others)
    return (
        f'<table style="{whole}"><thead>{line(header, "th")}</thead><tbody>{body}</tbody></table>'
    )


def _rows(findings: Findings, words: Words) -> list[list[str]]:
    """Return the header and a row for each alternative, all of them texts."""
    ranked = [alternative.name for alternative in findings.ranked]
    trained = sorted(findings.facts.trained, key=lambda each: ranked.index(each.name))
    untrained = [each for each in findings.facts.alternatives if not each.finished]
    return [_header(words), *(_row(each, findings, words) for each in [*trained, *untrained])]


def _header(words: Words) -> list[str]:
    names = ("alternative", "test_accuracy", "interval", "valid_accuracy", "seeds", "time")
    return [words.say(f"cli.compare_{name}") for name in names]


def _row(alternative: AlternativeFacts, findings: Findings, words: Words) -> list[str]:
    label = alternative.label(words.language)
    if not alternative.finished:
        reasons = [words.reason(run.record.get("reason")) for run in alternative.failed[:1]]
        return [label, *[NOT_APPLICABLE] * 4, *(reasons or [NOT_APPLICABLE])]
    numbers, rate = words.numbers, findings.accuracy[alternative.name]
    seconds = alternative.mean_timing("train_seconds")
    mark = " \N{BLACK STAR}" if alternative.name == findings.best.name else ""
    return [
        label + mark,
        numbers.percent(rate.estimate),
        numbers.interval(rate.low, rate.high),
        numbers.percent(alternative.mean("valid", "accuracy")),
        words.numbers.integer(len(alternative.finished)),
        NOT_APPLICABLE if seconds is None else numbers.duration(seconds),
    ]

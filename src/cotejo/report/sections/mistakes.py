"""Section 7 of the report: the best alternative's worst mistakes."""

from __future__ import annotations

from typing import Any

from cotejo.report.csv_files import mistake_rows
from cotejo.report.elements import Picture
from cotejo.report.page import Page
from cotejo.report.pictures import data_uri
from cotejo.report.prose import mistakes as prose

__all__ = ["mistakes"]

_WORST = 32


def mistakes(page: Page) -> dict[str, Any]:
    """Section 7: the images that the best gets wrong with the highest probability."""
    words, findings = page.words, page.findings
    rows = mistake_rows(findings, words.language)[:_WORST]
    _, images = findings.best.kept_mistakes
    pictures = [
        Picture(
            data_uri(images[row["position"]]),
            words.say(
                "mistake_alt",
                index=row["index"],
                true=row["true_class"],
                predicted=row["predicted_class"],
            ),
            (
                row["true_class"],
                f"→ {row['predicted_class']}",
                words.numbers.percent(row["probability"]),
            ),
        )
        for row in rows
    ]
    best = page.label(findings.best)
    return {
        "paragraphs": prose.mistakes(findings, words),
        "pictures": pictures,
        "figure_number": page.number_figure() if pictures else 0,
        "caption": words.say("figure_mistakes", count=len(pictures), best=best),
    }

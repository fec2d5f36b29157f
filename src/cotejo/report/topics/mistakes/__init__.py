"""The best alternative's worst mistakes, and what its answers depend on."""

from __future__ import annotations

from typing import Any

import numpy as np

from cotejo.explain.overlay import overlaid
from cotejo.report.elements import Picture
from cotejo.report.findings import Findings
from cotejo.report.mistake_rows import mistake_picture, mistake_rows
from cotejo.report.page import Page
from cotejo.report.pictures import data_uri
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.mistakes.words import mistakes

__all__ = ["TOPIC"]

_COLUMNS = (
    "index", "true_label", "true_class", "predicted_label", "predicted_class", "probability",
    "probability_of_true",
)  # fmt: skip
_WORST = 32


def section(page: Page) -> dict[str, Any] | None:
    """Return the images that the best gets wrong with the highest probability.

    None where classes alone were added of the best: how sure it was is not known.
    """
    words, findings = page.words, page.findings
    if not findings.best.has_probabilities:
        return None
    rows = mistake_rows(findings, words.language)[:_WORST]
    _, images = findings.best.kept_mistakes
    pictures = [mistake_picture(images[row["position"]], row, words) for row in rows]
    best = page.label(findings.best)
    explained, alike = _explained(page, rows), _alike(page, rows)
    with_grad_cam = _has_grad_cam(findings, rows)
    return {
        "paragraphs": mistakes(findings, words),
        "pictures": pictures,
        "figure_number": page.number_figure() if pictures else 0,
        "caption": words.say("mistakes.figure", count=len(pictures), best=best),
        "explained": explained,
        "maps_number": page.number_figure() if explained else 0,
        "maps_caption": words.say("mistakes.figure_maps", count=len(explained)),
        "grad_cam": words.say("mistakes.grad_cam") if with_grad_cam else "",
        "alike": alike,
        "alike_number": page.number_figure() if alike else 0,
        "alike_caption": words.say("mistakes.figure_alike", count=len(alike)),
    }


def _explained(page: Page, rows: list[dict[str, Any]]) -> list[tuple[str, list[Picture]]]:
    """Return each explained mistake with its maps: for the predicted class and for the true one."""
    words, analysis = page.words, page.findings.error_analysis
    shown: list[tuple[str, list[Picture]]] = []
    if analysis is None:
        return shown
    for row in rows:
        maps = analysis.maps(row["index"])
        if maps is None:
            continue
        image = analysis.image(row["index"])
        # Both maps have the same scale, so that they can be compared.
        largest = float(np.abs(maps).max()) or 1.0
        names = (row["predicted_class"], row["true_class"])
        alt = words.say("mistake_alt", index=row["index"], true=names[1], predicted=names[0])
        pictures = [Picture(data_uri(image), alt)]
        pictures += [
            Picture(
                data_uri(overlaid(image, occlusion, largest)),
                words.say("mistakes.map_alt", name=name),
            )
            for occlusion, name in zip(maps, names, strict=True)
        ]
        heat = analysis.grad_cam(row["index"])
        if heat is not None:
            overlay = overlaid(image, heat, float(heat.max()) or 1.0)
            alt = words.say("mistakes.grad_cam_alt", name=names[0])
            pictures.append(Picture(data_uri(overlay), alt))
        shown.append((f"{row['true_class']} → {row['predicted_class']}", pictures))
    return shown


def _alike(page: Page, rows: list[dict[str, Any]]) -> list[tuple[str, list[Picture]]]:
    """Return each explained mistake with the nearest training images, whose classes are named."""
    words, analysis = page.words, page.findings.error_analysis
    names = page.facts.class_names(words.language)
    shown: list[tuple[str, list[Picture]]] = []
    if analysis is None:
        return shown
    for row in rows:
        nearest = analysis.nearest(row["index"])
        if not nearest:
            continue
        true, predicted = row["true_class"], row["predicted_class"]
        alt = words.say("mistake_alt", index=row["index"], true=true, predicted=predicted)
        pictures = [Picture(data_uri(analysis.image(row["index"])), alt)]
        pictures += [
            Picture(data_uri(image), words.say("mistakes.nearest_alt", name=names[label]))
            for image, label in nearest
        ]
        classes = ", ".join(names[label] for _, label in nearest)
        shown.append((f"{true} → {predicted} · {classes}", pictures))
    return shown


def _has_grad_cam(findings: Findings, rows: list[dict[str, Any]]) -> bool:
    analysis = findings.error_analysis
    if analysis is None:
        return False
    return any(analysis.grad_cam(row["index"]) is not None for row in rows)


def _references(findings: Findings) -> list[str]:
    analysis, rows = findings.error_analysis, mistake_rows(findings, "en")[:_WORST]
    if analysis is None:
        return []
    explained = any(analysis.maps(row["index"]) is not None for row in rows)
    of_grad_cam = ["selvaraju-2017"] * _has_grad_cam(findings, rows)
    return ["zeiler-2014", "zintgraf-2017"] * explained + of_grad_cam


TOPIC = Topic(
    "mistakes",
    section,
    files=[CsvFile("mistakes.csv", _COLUMNS, mistake_rows)],
    references=_references,
)

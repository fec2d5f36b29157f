"""The page of an evaluation, made of what reports are made of; it loads nothing from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from cotejo.elsewhere import sentences
from cotejo.elsewhere.evaluating import Evaluation
from cotejo.elsewhere.files import mistake_rows
from cotejo.elsewhere.layout import EvaluationFile
from cotejo.report.drawing import colour
from cotejo.report.elements import Cell, Table, cells
from cotejo.report.html import environment, stylesheet
from cotejo.report.mistake_rows import mistake_picture
from cotejo.report.sheet import Sheet
from cotejo.report.topics.calibration.analysis import FEWEST, can_be_drawn
from cotejo.report.topics.calibration.figure import reliability_panels
from cotejo.report.topics.confusion.figure import MOST_NUMBERED, confusion_matrix, fits_phone
from cotejo.report.topics.robustness.figure import Line, corruption_panels
from cotejo.report.topics.robustness.tables import corruption_heat
from cotejo.report.words import NOT_APPLICABLE, Words

__all__ = ["evaluation_page"]

_WORST = 32


def evaluation_page(result: Evaluation, language: str, files: Sequence[str]) -> str:
    """Return the page of an evaluation.

    Args:
        result: the evaluation.
        language: ``"en"`` or ``"es"``.
        files: the names of the files beside the page, to which it leads.
    """
    words = Words(language)
    page = Sheet(words)
    content = {
        "verdict": sentences.verdict(result, words),
        "scores": _scores(page, result),
        "class_sentences": sentences.class_sentences(result, words),
        "confusion": _confusion(page, result),
        "classes": _classes(page, result),
        **_mistakes(page, result),
        **_calibration(page, result),
        **_robustness(page, result),
        "method": sentences.method_sentences(result, words),
        "files": ", ".join(files),
    }
    template = environment(words, {name: name for name in files})
    data = sentences.data_name(result, words)
    return template.get_template("evaluation-page.html").render(
        language=language,
        title=words.say("evaluation.title", model=result.model.name, data=data),
        subtitle=words.say(
            "evaluation.subtitle",
            images=words.numbers.integer(len(result.labels)),
            classes=len(set(result.labels.tolist())),
            date=words.numbers.day(date.today().isoformat()),
        ),
        section=content,
        style=stylesheet(),
    )


def _scores(page: Sheet, result: Evaluation) -> Table:
    """Return the figures here, and on the model's own test images as far as they are known."""
    words, n = page.words, page.words.numbers
    here, own = result.metrics, result.model.own
    known = {} if own is None else {"accuracy": own.accuracy, **own.figures}

    def three(value: float) -> str:
        return n.decimal(value, 3)

    def three_between(low: float, high: float) -> str:
        return n.decimal_interval(low, high, 3)

    forms: dict[str, tuple[Callable[[float], str], Callable[[float, float], str]]] = {
        "accuracy": (n.percent, n.interval),
        "balanced_accuracy": (n.percent, n.interval),
        "macro_f1": (three, three_between),
        "loss": (three, three_between),
        "brier": (three, three_between),
    }
    rows = []
    for name, (form, interval) in forms.items():
        bounds = here["intervals"][name]
        remarks = [interval(*bounds)] if bounds else []
        rows.append(
            [
                *cells(words.say(f"evaluation.score_{name}")),
                Cell(form(here[name]), remarks=remarks),
                *cells(form(known[name]) if name in known else NOT_APPLICABLE),
            ]
        )
    error = n.points(here["calibration"]["ece"])
    own_error = n.points(known["ece"]) if "ece" in known else NOT_APPLICABLE
    rows.append(cells(words.say("evaluation.score_ece"), error, own_error))
    columns = [page.column("evaluation.score", number=False)]
    columns += [page.column("evaluation.here"), page.column("evaluation.own")]
    file = EvaluationFile.RECORD
    if len(known) < 2 or result.is_own_data:  # a column of what is not known, or of the same
        columns, rows = columns[:2], [row[:2] for row in rows]
    return page.table(words.say("evaluation.table_scores"), columns, rows, files=file)


def _names(result: Evaluation, words: Words) -> Sequence[str]:
    names: Sequence[str] = result.model.classifier.class_names[words.language]
    return names


def _confusion(page: Sheet, result: Evaluation) -> Any:
    names, counts = _names(result, page.words), result.metrics["confusion"]
    many = "_many" if len(names) > MOST_NUMBERED else ""
    return page.figure(
        "confusion",
        partial(confusion_matrix, counts, names, page.words),
        page.words.say(f"evaluation.confusion{many}"),
        EvaluationFile.CONFUSION,
        for_phone=fits_phone(counts, names),
    )


def _classes(page: Sheet, result: Evaluation) -> Table:
    n = page.words.numbers
    rows = []
    for name, figures in zip(_names(result, page.words), result.metrics["per_class"], strict=True):
        known, bounds = figures["support"] > 0, figures["f1_interval"]
        shown = [n.decimal(figures[key], 3) for key in ("precision", "recall", "f1")]
        rows.append(
            cells(
                name,
                *(shown if known else [NOT_APPLICABLE] * 3),
                n.decimal_interval(bounds[0], bounds[1], 2) if known and bounds else NOT_APPLICABLE,
                n.integer(figures["support"]),
            )
        )
    columns = [page.column("class", number=False)]
    columns += [page.column(f"results.{key}") for key in ("precision", "recall", "f1")]
    columns += [page.column("results.f1_interval"), page.column("results.support")]
    caption = page.words.say("evaluation.table_classes")
    return page.table(caption, columns, rows, files=EvaluationFile.CLASSES)


def _mistakes(page: Sheet, result: Evaluation) -> dict[str, Any]:
    words, rows = page.words, mistake_rows(result, page.words.language)[:_WORST]
    # There are more images where the rows are cut.
    pictures = [
        mistake_picture(image, row, words)
        for image, row in zip(result.mistake_images, rows, strict=False)
    ]
    wrong = int((result.probabilities.argmax(axis=1) != result.labels).sum())
    shown = words.numbers.integer(wrong)
    said = words.say("evaluation.mistakes", count=wrong, shown=shown)
    return {
        "mistakes": said if wrong else words.say("evaluation.no_mistakes"),
        "pictures": pictures,
        "pictures_number": page.number_figure() if pictures else 0,
        "pictures_caption": words.say("evaluation.mistakes_figure", count=len(pictures)),
        "pictures_files": f"{EvaluationFile.MISTAKES}, {EvaluationFile.IMAGES}",
    }


def _calibration(page: Sheet, result: Evaluation) -> dict[str, Any]:
    words, found = page.words, result.metrics["calibration"]
    said, changes = sentences.calibration_sentences(result, words), []
    sides = [("before", found["reliability"], found["ece"])]
    caption = words.say("evaluation.reliability")
    if (changed := result.recalibration) is not None:
        changes = sentences.recalibration_sentences(changed, words)
        figures = changed.figures
        sides = [
            ("before", figures["reliability"], figures["ece"]),
            ("after", figures["reliability_scaled"], figures["ece_scaled"]),
        ]
        caption = words.say("evaluation.reliability_new")
    figure = None
    if can_be_drawn(sides[0][1]):
        figure = page.figure(
            "reliability",
            partial(reliability_panels, sides, colour(0), words),
            caption,
            EvaluationFile.RECORD,
        )
    else:
        (changes or said).append(words.say("calibration.undrawn", least=FEWEST))
    return {"calibration": said, "recalibration": changes, "reliability": figure}


def _robustness(page: Sheet, result: Evaluation) -> dict[str, Any]:
    robustness, words = result.robustness, page.words
    if robustness is None:
        return {"robustness": []}
    clean = float(robustness.clean.mean())
    line = Line("", colour(0), clean, robustness.accuracy)
    file = EvaluationFile.CORRUPTIONS
    return {
        "robustness": sentences.robustness_sentences(result, words),
        "panels": page.figure(
            "corruptions",
            partial(corruption_panels, [line], words),
            words.say("evaluation.robust_figure"),
            file,
        ),
        "heat": corruption_heat(
            page,
            robustness.accuracy,
            clean,
            words.say("evaluation.robust_heat", clean=words.numbers.percent(clean)),
            file,
        ),
    }

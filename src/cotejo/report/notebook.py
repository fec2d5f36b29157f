"""The notebook of a study: the report, its tables and figures as cells that make them."""

from __future__ import annotations

import os
from pathlib import Path

from cotejo.config.sources import name_in
from cotejo.report.findings import Findings
from cotejo.report.formats.cells import written
from cotejo.report.formats.notebook import Network, to_notebook
from cotejo.report.html import render_undrawn
from cotejo.report.naming import version_of
from cotejo.report.own_code import relied_on
from cotejo.report.words import Words

__all__ = ["notebook"]


def notebook(findings: Findings, language: str, detail: str, numbers: str, folder: Path) -> str:
    """Return the report as the text of a notebook's file.

    Args:
        findings: what follows from the study.
        language: ``"en"`` or ``"es"``.
        detail: ``"brief"``, or ``"full"``, with the appendix.
        numbers: as for `cotejo.report.html.render`.
        folder: where the notebook will lie.
    """
    page = render_undrawn(findings, language, detail, numbers)
    every = page if detail == "full" else render_undrawn(findings, language, "full", numbers)
    words, study = Words(language), _seen_from(folder, findings.facts.folder.path)
    content = to_notebook(page, every, _network_of(findings, words), study, words,
                          version_of(findings.facts))  # fmt: skip
    return written(content)


def _network_of(findings: Findings, words: Words) -> Network | None:
    """Return what is known of the best's network; None where it was trained elsewhere."""
    best = findings.best
    if best.is_added:
        return None
    run = best.representative
    parameters = (run.record.get("model") or {}).get("parameters")
    own = run.own_code
    if own is not None:
        own = own[0], relied_on(own[1], name_in(str(best.settings["model"])))
    return Network(best.label(words.language), run.program, own, parameters)


def _seen_from(folder: Path, study: Path) -> str:
    """Return the way from a notebook's folder to the study's: no address of this machine.

    Example:
        >>> _seen_from(Path("runs/notebooks"), Path("runs/notebooks"))
        '.'
        >>> _seen_from(Path("entrega"), Path("runs/notebooks"))
        '../runs/notebooks'
    """
    try:
        return Path(os.path.relpath(study, folder)).as_posix()
    except ValueError:  # on another drive of Windows's
        return study.name

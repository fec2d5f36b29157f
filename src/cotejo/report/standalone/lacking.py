"""What Keras lacks of the settings of the best, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cotejo.config import Settings, file_of
from cotejo.config.augmentation_parts import parts
from cotejo.config.augmentations import written
from cotejo.report.findings import Findings
from cotejo.report.standalone.training import AUGMENTED, OPTIMIZERS
from cotejo.report.words import Words

__all__ = ["lacking"]

_ALIKE = {"alternating-flip": "flip", "crop": "crop", "brightness": "brightness"}
"""Parts of an augmentation for which Keras has only one like it, and what is said of each."""


def lacking(findings: Findings, settings: Sequence[Settings], words: Words) -> list[str]:
    """Return a sentence for each setting that the notebook does otherwise, or not at all.

    Args:
        findings: what follows from the study.
        settings: of the phases of the best's training.
        words: the language.
    """
    found = [sentence for each in settings for sentence in _of_phase(each, words)]
    facts, run = findings.facts, findings.best.representative
    if facts.folds is not None:
        found.append(words.say("notebook.lacks_folds", folds=facts.folds))
    if facts.study.get("quick"):
        found.append(words.say("notebook.lacks_quick"))
    if run.record.get("precision") == "bfloat16":
        found.append(words.say("notebook.lacks_bfloat16"))
    found.append(words.say("notebook.lacks_same"))
    return list(dict.fromkeys(found))


def _of_phase(settings: Settings, words: Words) -> Iterator[str]:
    def told(key: str, **values: object) -> str:
        return words.say(f"notebook.lacks_{key}", **values)

    if settings.optimizer not in OPTIMIZERS:
        yield told("optimizer", name=settings.optimizer)
    if file_of(settings.schedule):
        yield told("schedule", name=settings.schedule)
    if file_of(settings.loss):
        yield told("loss", name=settings.loss)
    if settings.callbacks:
        yield told("callbacks", names=settings.callbacks)
    for part in parts(settings.augment):
        if part.name not in AUGMENTED:
            said = words.setting_value("augment", written((part,)))
            yield told("augment", part=said)
        elif part.name in _ALIKE:
            yield words.say(f"notebook.lacks_exact_{_ALIKE[part.name]}")
    if settings.average == "ema":
        yield told("average")
    if settings.tta != "none":
        yield told("views")
    if settings.small_epochs:
        yield told("small", count=settings.small_epochs)
    if settings.hard_epochs:
        yield told("hard", count=settings.hard_epochs)
    if settings.options.get("weights", "none") not in ("none", "new"):
        yield told("pretrained")

"""The audit of a study's data, and what its findings mean for the best alternative's score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit import (
    SPLITS,
    Audit,
    Issue,
    Reviewed,
    is_of,
    read_audit,
    read_review,
    reviewed_of,
)
from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.findings import Findings, computed_once
from cotejo.stats import Interval, mean_accuracy, wilson_interval
from cotejo.store import StudyFile, damaged

__all__ = ["Audited", "Score", "audited"]


@dataclass(frozen=True)
class Score:
    """The best's accuracy on some of the test images, with its 95% interval."""

    subset: str
    images: int
    accuracy: Interval


@dataclass(frozen=True)
class Audited:
    """What an audit found, together with the best alternative's answers to the test images."""

    audit: Audit
    facts: StudyFacts
    best: AlternativeFacts

    @cached_property
    def duplicated(self) -> NDArray[np.bool_]:
        """``[n]``: which test images have a copy or near-duplicate in the training split."""
        return self._marked([issue for issue in self.audit.leaks if issue.is_learned_from])

    @cached_property
    def only_validated(self) -> NDArray[np.bool_]:
        """``[n]``: which have one in the validation split only, from which no network learns."""
        return self._marked(self.audit.leaks) & ~self.duplicated

    @cached_property
    def suspected(self) -> NDArray[np.bool_] | None:
        """``[n]``: which test labels are suspected; None if they were not judged."""
        return self._marked(self.label_issues("test")) if self.has_judged("test") else None

    @property
    def suspected_mistakes(self) -> int:
        """How many of the suspected test labels differ from the best's prediction."""
        labels, _ = self.best.test_predictions
        issues = self.label_issues("test")
        return sum(issue.predicted != int(labels[issue.index]) for issue in issues)

    def has_judged(self, split: str) -> bool:
        """Whether the labels of a split were judged by the networks that are the best's now."""
        judges = self.audit.about.get("labels_judged_by") or {}
        own = [run.key for run in self.best.finished]
        return split != "train" and judges.get("runs") == own

    def label_issues(self, split: str) -> list[Issue]:
        """Return a split's suspected labels, the most suspected first."""
        if not self.has_judged(split):
            return []
        return [issue for issue in self.audit.of_kind("label") if issue.split == split]

    @cached_property
    def reviewed(self) -> list[Reviewed]:
        """What people said of the suspected labels that `label_issues` returns."""
        said = read_review(self.facts.folder.path, self.audit.fingerprint)
        splits = tuple(split for split in SPLITS if self.has_judged(split))
        return reviewed_of(self.audit, said, splits)

    @cached_property
    def scores(self) -> list[Score]:
        """The best's accuracy on all test images, and without those that were found."""
        return list(self._scores())

    def score(self, subset: str) -> Score | None:
        """Return one of `scores`; None where there are no such images, or they are all."""
        return next((score for score in self.scores if score.subset == subset), None)

    @cached_property
    def worth_of_duplicates(self) -> Interval | None:
        """Accuracy on all test images less that without `duplicated`, with its 95% interval.

        It is the duplicates' share times their accuracy less that of the others, which are of
        different images, and so independent. The interval is over images, for these very
        networks: what is asked is what the duplicates do to their figure.

        References:
            Zou, G. Y., and Donner, A. (2008). Construction of confidence limits about effect
            measures: a general approach. Statistics in Medicine 27(10).
        """
        among, others = self.score("duplicates"), self.score("without-duplicates")
        if among is None or others is None:
            return None
        first, second = (
            wilson_interval(score.accuracy.estimate, score.images) for score in (among, others)
        )
        share, difference = float(self.duplicated.mean()), first.estimate - second.estimate
        below = sqrt((first.estimate - first.low) ** 2 + (second.high - second.estimate) ** 2)
        above = sqrt((first.high - first.estimate) ** 2 + (second.estimate - second.low) ** 2)
        bounds = (difference, difference - below, difference + above)
        return Interval(*(share * bound for bound in bounds))

    def to_json(self) -> dict[str, Any]:
        """Return what ``report.json`` holds of it."""
        worth = self.worth_of_duplicates
        judged = self.suspected is not None
        return {
            "scores": {
                score.subset: {"images": score.images, **asdict(score.accuracy)}
                for score in self.scores
            },
            "worth_of_duplicates": asdict(worth) if worth else None,
            "suspected_labels": int(self.suspected.sum()) if self.suspected is not None else None,
            "suspected_mistakes": self.suspected_mistakes if judged else None,
        }

    def _scores(self) -> Iterator[Score]:
        answers = self.best.answers["test"]
        subsets = {"all": np.ones(answers.shape[1], bool)}
        if self.duplicated.any() and not self.duplicated.all():
            subsets |= {"duplicates": self.duplicated, "without-duplicates": ~self.duplicated}
        if self.suspected is not None and self.suspected.any():
            subsets["without-suspected"] = ~self.suspected
            if self.duplicated.any():
                subsets["without-either"] = ~(self.suspected | self.duplicated)
        for name, chosen in subsets.items():
            if chosen.any():
                yield Score(name, int(chosen.sum()), mean_accuracy(answers[:, chosen]))

    def _marked(self, issues: list[Issue]) -> NDArray[np.bool_]:
        marked = np.zeros(self.best.answers["test"].shape[1], bool)
        marked[[issue.index for issue in issues]] = True
        return marked


@computed_once
def audited(findings: Findings) -> Audited | None:
    """Return the audit of a study's data; None where there is none, or it is of other data.

    Raises:
        OutputError: a file of it is damaged, or names images that there are not.
    """
    facts = findings.facts
    folder = facts.folder.path
    if not (folder / StudyFile.AUDIT).is_file():
        return None
    audit = read_audit(folder)
    if not is_of(audit, str(facts.data.get("fingerprint"))):
        return None
    if not all(_is_of_images(issue, facts) for issue in audit.issues):
        raise damaged(folder / StudyFile.AUDIT_ISSUES)
    if any(len(facts.class_names("en")) <= label for label in audit.labels):
        raise damaged(folder / StudyFile.AUDIT_IMAGES, "labels")
    return Audited(audit, facts, findings.best)


def _is_of_images(issue: Issue, facts: StudyFacts) -> bool:
    """Whether an issue is about images, and a class, that the study's data has."""
    classes = len(facts.data["counts"]["test"])
    places = [(issue.split, issue.index)]
    if issue.partner_split is not None:
        places.append((issue.partner_split, issue.partner or 0))
    return (issue.predicted or 0) < classes and all(
        index < facts.images(split) for split, index in places
    )

"""The sentences on the audit: copies, suspected labels, and what they do to the score."""

from __future__ import annotations

from collections.abc import Sequence

from cotejo.data import find_source
from cotejo.data.audit import Audit, Reviewed
from cotejo.data.audit.duplicates import LIKENESS
from cotejo.report.topics.audit.analysis import Audited
from cotejo.report.words import Words

__all__ = [
    "MOST_WRONG",
    "doubts",
    "duplicates",
    "found_twice",
    "judged_labels",
    "judges",
    "labels",
    "reviewed",
    "score",
]

MOST_WRONG = 0.1
"""The share of suspected labels above which they say more about the network than the labels.

References:
    Northcutt et al. 2021, "Pervasive label errors in test sets" (arXiv 2103.14749): of ten test
    sets the worst has some 10% of wrong labels; CIFAR-10's has 0.5%.
"""


def duplicates(audit: Audit, words: Words) -> list[str]:
    """Return a paragraph on the copies, and one on how they were found and how sure that is."""
    how = [_method(audit, words), *doubts(audit, words)]
    return [" ".join(found_twice(audit, words)), " ".join(how)]


def _method(audit: Audit, words: Words) -> str:
    """Return how copies were looked for."""
    likeness = words.numbers.decimal(audit.about["method"]["likeness"], 2)
    return words.say("audit.method", likeness=likeness)


def found_twice(audit: Audit, words: Words) -> list[str]:
    """Return how many copies there are: of test images in other splits, and within the splits."""
    _, learned, test = _pairs(audit)
    sentences = [*_found_across(audit, words), *_within(learned, test, words)]
    if differ := int(audit.about["differently_labelled"]):
        said = words.numbers.integer(differ)
        sentences.append(words.say("audit.different_labels", count=differ, number=said))
    return sentences


def doubts(audit: Audit, words: Words) -> list[str]:
    """Return the reasons for doubt: pairs found by chance, and data whose images are all alike."""
    pairs, settled, numbers = sum(_pairs(audit)), audit.about["method"], words.numbers
    if not pairs:
        return []
    expected = round(settled["expected_by_chance"])
    said = words.say(
        "audit.chance" if expected else "audit.chance_none",
        count=expected,
        number=numbers.integer(expected),
        pairs=numbers.integer(pairs),
    )
    rough = [words.say("audit.rough")]
    if settled["likeness"] <= LIKENESS:
        source = find_source(audit.about["dataset"]["name"])
        return [said, *rough] if source and source.looks_alike_upside_down else [said]
    likeness, usual = (numbers.decimal(value, 2) for value in (settled["likeness"], LIKENESS))
    return [said, words.say("audit.raised", likeness=likeness, usual=usual), *rough]


def labels(audited: Audited, words: Words) -> list[str]:
    """Return how many labels the best suspects; nothing if they were not judged."""
    if audited.suspected is None:
        return []
    numbers, count = words.numbers, int(audited.suspected.sum())
    # Of what an added alternative learned, nothing is known.
    added = "_added" if audited.best.is_added else ""
    sentences = [
        words.say(
            f"audit.labels{added}" if count else f"audit.labels_none{added}",
            count=count,
            number=numbers.integer(count),
            images=numbers.integer(len(audited.suspected)),
            share=numbers.percent(count / len(audited.suspected)),
            judges=judges(audited, words),
        )
    ]
    if valid := len(audited.label_issues("valid")):
        said = numbers.integer(valid)
        sentences.append(words.say("audit.labels_valid", count=valid, number=said))
    if count or valid:
        sentences.append(words.say("audit.labels_meaning"))
    sentences += reviewed(audited.reviewed, words)
    if count > MOST_WRONG * len(audited.suspected):
        accuracy = numbers.percent(audited.scores[0].accuracy.estimate)
        sentences.append(words.say("audit.labels_many", accuracy=accuracy))
    return sentences


def reviewed(said: Sequence[Reviewed], words: Words) -> list[str]:
    """Return what people who looked at the suspected labels said of them; nothing if nobody did."""
    if not said:
        return []
    confirmed = sum(each.verdict == "confirmed" for each in said)
    numbers = words.numbers
    return [
        words.say(
            "audit.labels_reviewed",
            count=len(said),
            number=numbers.integer(len(said)),
            confirmed=numbers.integer(confirmed),
            dismissed=numbers.integer(len(said) - confirmed),
        )
    ]


def judges(audited: Audited, words: Words) -> str:
    """Return by whose probabilities the labels were judged: the best's, their mean over seeds."""
    best = audited.best
    label = best.label(words.language)
    return words.say("audit.judges", count=len(best.finished), best=label)


def judged_labels(audit: Audit, splits: Sequence[str], words: Words) -> list[str]:
    """Return how many labels networks trained for the audit suspect; nothing without them."""
    if not splits:
        return []
    count = sum(issue.split in splits for issue in audit.of_kind("label"))
    folds = (audit.about.get("labels_judged_by") or {}).get("folds", 0)
    number = words.numbers.integer(count)
    key = "audit.labels_own" if count else "audit.labels_own_none"
    sentences = [words.say(key, count=count, number=number, folds=folds)]
    return [*sentences, words.say("audit.labels_meaning")] if count else sentences


def score(audited: Audited, words: Words) -> list[str]:
    """Return paragraphs on how the best's accuracy changes without the images that were found."""
    numbers, worth = words.numbers, audited.worth_of_duplicates
    among, others = audited.score("duplicates"), audited.score("without-duplicates")
    paragraphs = []
    if worth and among and others:
        key, sign = "audit.score_same", -1
        if worth.excludes_zero:
            key, sign = ("audit.score_higher", 1) if worth.low > 0 else ("audit.score_lower", -1)
        low, high = sorted((sign * worth.low, sign * worth.high))
        said = words.say(
            key,
            best=audited.best.label(words.language),
            among=numbers.percent(among.accuracy.estimate),
            others=numbers.percent(others.accuracy.estimate),
            points=numbers.difference(sign * worth.estimate),
            interval=numbers.difference_interval(low, high),
        )
        paragraphs.append(" ".join([*_counted(audited, words), said]))
    without = audited.score("without-suspected")
    if without and audited.suspected is not None:
        count, mistakes = int(audited.suspected.sum()), audited.suspected_mistakes
        every = 1 < count == mistakes
        paragraphs.append(
            words.say(
                "audit.score_labels_all" if every else "audit.score_labels",
                count=count,
                number=numbers.integer(count),
                mistakes=numbers.integer(mistakes),
                answer=words.say("audit.answer", count=len(audited.best.finished)),
                accuracy=numbers.percent(without.accuracy.estimate),
            )
        )
    return paragraphs


def _counted(audited: Audited, words: Words) -> list[str]:
    """Return how many test images count as duplicates in a score, and how many do not."""
    counts = {
        "learned": int(audited.duplicated.sum()),
        "validated": int(audited.only_validated.sum()),
    }
    return [
        words.say(f"audit.score_{name}", count=count, number=words.numbers.integer(count))
        for name, count in counts.items()
        if count
    ]


def _found_across(audit: Audit, words: Words) -> list[str]:
    numbers, dataset = words.numbers, audit.about["dataset"]
    leaked, images = int(audit.counts()["test_images_in_train_or_valid"]), dataset["images"]["test"]
    said = words.say(
        "audit.across" if leaked else "audit.across_none",
        count=leaked,
        number=numbers.integer(leaked),
        images=numbers.integer(images),
        share=numbers.percent(leaked / max(images, 1)),
        pairs=numbers.integer(_pairs(audit)[0]),
    )
    known = words.of_data(dataset["name"], "known_duplicates")
    listed = [known] if known else []
    return [said, words.say("audit.across_meaning"), *listed] if leaked else [said, *listed]


def _within(learned: int, test: int, words: Words) -> list[str]:
    return [
        words.say(
            f"audit.{name}" if count else f"audit.{name}_none",
            count=count,
            number=words.numbers.integer(count),
        )
        for name, count in (("within", learned), ("within_test", test))
    ]


def _pairs(audit: Audit) -> tuple[int, int, int]:
    """Return how many pairs join test and other images, are within the others, and within test."""
    kinds = audit.counts()["pairs"].values()
    across, learned, test = (
        sum(counts[name] for counts in kinds) for name in ("across", "learned", "test")
    )
    return across, learned, test

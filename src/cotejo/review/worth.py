"""What a notebook's evidence is worth, in a sentence or two."""

from __future__ import annotations

from collections.abc import Collection

from cotejo.messages import message

__all__ = ["worth"]

_BY_TEST = frozenset(("test_stops", "test_validates", "best_of_test", "chosen_by_test"))
_NO_RUN = frozenset(("claims_no_run",))
_OF_LUCK = frozenset(("one_seed",))
_UNFAIR = frozenset(("fit_again", "fit_in_loop", "splits", "splits_said", "augmented_validation"))
_BROKEN = frozenset(("failed", "failed_import", "never_ran", "no_import", "late_import"))
_EMPTY = frozenset(("claims_unsupported", "compiled_anew", "never_trained", "unused_layer"))


def worth(kinds: Collection[str], trained: bool) -> str:
    """Return what the evidence is worth, in the language in use.

    Args:
        kinds: the kinds of the findings.
        trained: whether the notebook trains anything that could be followed.

    Example:
        >>> worth([], trained=True)[:10]
        'Nothing sp'
    """
    found = set(kinds)
    if not found:
        return message("review.worth_sound" if trained else "review.worth_nothing_read")
    if found & _NO_RUN:
        return message("review.worth_no_run")
    said = [
        message(key)
        for key, weak in (
            ("review.worth_by_test", _BY_TEST),
            ("review.worth_unfair", _UNFAIR),
            ("review.worth_luck", _OF_LUCK),
            ("review.worth_empty", _EMPTY),
            ("review.worth_broken", _BROKEN),
        )
        if found & weak
    ]
    return " ".join(said)

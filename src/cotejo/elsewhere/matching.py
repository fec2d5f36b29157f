"""Which class of a model each class of another data set is: by their names, or as one says."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cotejo.config.reading import read_toml
from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean

__all__ = ["Matching", "given_classes", "match_classes", "pairs_meant"]

_NEAR = 0.8
"""How alike two names are at least that may be meant for one class: “cat” and “cats”, not “car”."""
_MOST_MEANT = 5

Names = Mapping[str, Sequence[str]]
"""The names of classes in the order of their labels, by language."""


@dataclass(frozen=True)
class Matching:
    """What the classes of a data set are to a model.

    Attributes:
        labels: ``[classes of the set]``, the model's label of each; -1 for one that it lacks.
        classes: how many classes the model has.
    """

    labels: NDArray[np.int64]
    classes: int

    @property
    def without(self) -> list[int]:
        """The classes of the set that the model lacks: images of them can't be got right."""
        return np.flatnonzero(self.labels < 0).tolist()

    @property
    def absent(self) -> list[int]:
        """The classes of the model of which the set has none: answering one is a mistake."""
        return sorted(set(range(self.classes)) - set(self.labels.tolist()))


def given_classes(entries: Iterable[str]) -> dict[str, str]:
    """Return which class of the model each class of a set is, as somebody wrote it.

    Args:
        entries: each ``"class of the set=class of the model"``, with nothing after the sign for
            one that is to be left out; or the path of a TOML file of such pairs.

    Raises:
        ConfigError: an entry is neither, or the file can't be read.

    Example:
        >>> given_classes(["car=automobile", "monkey="])
        {'car': 'automobile', 'monkey': ''}
    """
    pairs: dict[str, str] = {}
    for entry in entries:
        name, sign, of_model = entry.partition("=")
        if entry.endswith(".toml"):
            content = read_toml(Path(entry), "classes")
            wrong = [key for key, value in content.items() if not isinstance(value, str)]
            if wrong:
                raise ConfigError("evaluation.classes_file", path=entry, name=wrong[0])
            pairs |= content
        elif sign and name.strip():
            pairs[name.strip()] = of_model.strip()
        else:
            raise ConfigError("evaluation.classes_form", received=entry)
    return pairs


def match_classes(of_set: Names, of_model: Names, given: Mapping[str, str] = {}) -> Matching:
    """Return which class of a model each class of a set is.

    Two are the same if a name of theirs is the same in any language, whatever its capitals, its
    spaces, and the signs between its words.

    Args:
        of_set: the set's names.
        of_model: the model's.
        given: what is given instead, for some classes of the set: the model's class, by its name
            in any language, or nothing for one to be left out.

    Raises:
        ConfigError: there is no class of a given name, or none of the set's is one of the model's.

    Example:
        >>> names = {"en": ("cat", "tree frog"), "es": ("gato", "rana de árbol")}
        >>> one = match_classes({"en": ("Tree_Frog", "dog")}, names)
        >>> one.labels.tolist(), one.without, one.absent
        ([1, -1], [1], [0])
    """
    by_name = _labels(of_model)
    count = len(next(iter(of_set.values())))
    labels = np.full(count, -1, np.int64)
    for listed in of_set.values():
        for label, name in enumerate(listed):
            if labels[label] < 0 and _plain(name) in by_name:
                labels[label] = by_name[_plain(name)]
    own = _labels(of_set)
    for name, wanted in given.items():
        label = _found(name, own, of_set, "evaluation.no_class_of_set")
        found = _found(wanted, by_name, of_model, "evaluation.no_class_of_model") if wanted else -1
        labels[label] = found
    if (labels < 0).all():
        names = {"of_set": _listed(of_set), "of_model": _listed(of_model)}
        if meant := pairs_meant(of_set, of_model, range(count)):
            raise ConfigError("evaluation.no_common_class_near", **names, meant=meant)
        example = "=".join(str(next(iter(listed.values()))[0]) for listed in (of_set, of_model))
        raise ConfigError("evaluation.no_common_class", **names, example=example)
    return Matching(labels, len(next(iter(of_model.values()))))


def pairs_meant(of_set: Names, of_model: Names, without: Iterable[int]) -> str:
    """Return ``--classes`` for classes of a set that a model has under nearly the same name.

    Args:
        of_set: the set's names.
        of_model: the model's.
        without: the labels of the set's classes that have not been matched.

    Example:
        >>> pairs_meant({"en": ("cats", "car")}, {"en": ("cat", "dog")}, [0, 1])
        '--classes "cats=cat"'
    """
    own = {_plain(name): name for listed in of_model.values() for name in listed}
    pairs = []
    for label in without:
        for listed in of_set.values():
            near = difflib.get_close_matches(_plain(listed[label]), own, n=1, cutoff=_NEAR)
            if near:
                pairs.append(f'--classes "{listed[label]}={own[near[0]]}"')
                break
    return " ".join(pairs[:_MOST_MEANT])


def _found(name: str, labels: Mapping[str, int], names: Names, key: str) -> int:
    label = labels.get(_plain(name))
    if label is None:
        hint = did_you_mean(name, [each for listed in names.values() for each in listed])
        raise ConfigError(key, name=name, names=_listed(names), hint=hint)
    return label


def _labels(names: Names) -> dict[str, int]:
    """Return the labels by their plain names; of one name in two languages, English counts."""
    found: dict[str, int] = {}
    for listed in names.values():
        for label, name in enumerate(listed):
            found.setdefault(_plain(name), label)
    return found


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(folded.replace("_", " ").replace("-", " ").split())


_MOST_LISTED = 12


def _listed(names: Names) -> str:
    listed = list(next(iter(names.values())))
    more = ["…"] if len(listed) > _MOST_LISTED else []
    return ", ".join([*listed[:_MOST_LISTED], *more])

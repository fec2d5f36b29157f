"""The registry: every data set by name, and what the rest of Cotejo asks about it.

Each module in `cotejo.data.sources` offers one `Source`, called ``SOURCE``. Modules are found by
looking into that folder, so a new data set needs no entry in a list.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotejo.errors import DataError
from cotejo.messages import LANGUAGES, did_you_mean, knows, message

if TYPE_CHECKING:
    from cotejo.data.dataset import Dataset
    from cotejo.data.transfer import Progress

__all__ = [
    "Source",
    "find_source",
    "known_sources",
    "register_source",
    "said_source",
    "unregister_source",
]


_WORDS: Mapping[str, tuple[str, ...]] = {
    "title": (),
    "images": (),
    "source": (),
    "licence": (),
    "known_duplicates": (),
    "mirrored": ("labels", "count"),
    "mirrored_views": ("labels", "count"),
}
"""The keys of a source's own words, each with the values that its text can name."""


def _needs_no_download(data_dir: Path | None) -> bool:
    return True


@dataclass(frozen=True)
class Source:
    """A data set that a study can name.

    The words of a data set that ships are in ``locales/<language>/datasets.toml``, in the table
    of its name: at least its ``title``, and both cautions where `mirroring_keeps_class` is false.
    A source of your own brings its words with it, or none at all. A report then calls the data set
    by its name and says nothing of its own about it:

    - ``title``: what reports call it;
    - ``images``: a sentence about its images;
    - ``source``: where it comes from, in place of `Dataset.source`;
    - ``licence``: the paragraph of a model card on the licence of the weights and of the images;
    - ``known_duplicates``: a sentence about a published list of its duplicates;
    - ``mirrored`` and ``mirrored_views``: cautions about training with mirrored images, and about
      averaging over mirrored views, where `mirroring_keeps_class` is false. They name
      ``{labels}``, the alternatives concerned.

    A brace that names no value is written twice, as for `str.format`.

    Attributes:
        name: what studies call it. The data set that `load` returns has the same name.
        load: ``load(data_dir, progress)`` returns the data set. ``data_dir`` is the folder that
            the user gave, if any; ``progress`` is called while something is downloaded.
        fingerprint: `Dataset.fingerprint` of what `load` returns; None if it is not fixed or not
            known.
        mirroring_keeps_class: whether an image mirrored left to right is still of its class.
        looks_alike_upside_down: whether images of some classes look the same upside down. The
            audit's search for duplicates is then a rough one, and the report says so.
        is_at_hand: ``is_at_hand(data_dir)`` tells whether `load` can do without a download.
        cited: of a data set that ships, whether a publication in
            ``report/topics/references/entries.toml`` describes it, which reports cite.
        read: ``read(path)`` returns the data set from a folder or archive that the user named;
            None if it can't be given by a path.
        words: a source's own words, by key and language: ``{"title": {"en": …, "es": …}}``.

    Raises:
        DataError: the words are not in every language, there is no such key, or a text names a
            value that is not there.
    """

    name: str
    load: Callable[[Path | None, Progress | None], Dataset]
    fingerprint: str | None = None
    mirroring_keeps_class: bool = True
    looks_alike_upside_down: bool = False
    is_at_hand: Callable[[Path | None], bool] = _needs_no_download
    cited: bool = True
    read: Callable[[Path], Dataset] | None = None
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for word, texts in self.words.items():
            if word not in _WORDS:
                hint = did_you_mean(word, _WORDS)
                keys = ", ".join(_WORDS)
                raise DataError(
                    "source_unknown_word", name=self.name, word=word, keys=keys, hint=hint
                )
            if any(language not in texts for language in LANGUAGES):
                raise DataError("source_words", name=self.name, word=word)
            for text in texts.values():
                _check_braces(self.name, word, text)

    @property
    def ships(self) -> bool:
        """Whether it comes with Cotejo, so that its name is enough for anyone to have it."""
        return self.name in _shipped()

    def say(self, word: str, language: str, **values: Any) -> str | None:
        """Return the words under a key in one language; None if the data set has none.

        Args:
            word: one of the keys above.
            language: ``"en"`` or ``"es"``.
            **values: what the sentence names; ``count`` also chooses between ``one`` and
                ``other``.

        Example:
            >>> find_source("digits").say("title", "es")
            'los dígitos de scikit-learn'
        """
        if word in self.words:
            return self.words[word][language].format(**values)
        key = f"datasets.{self.name}.{word}"
        return message(key, language=language, **values) if knows(key, language) else None


def _check_braces(name: str, word: str, text: str) -> None:
    """Refuse a text of a source that can't be filled in."""
    try:
        text.format(**dict.fromkeys(_WORDS[word], ""))
    except (AttributeError, LookupError, ValueError) as error:
        raise DataError("source_braces", name=name, word=word, text=text) from error


_own: dict[str, Source] = {}
"""The sources that users have registered, by name."""


@cache
def _shipped() -> Mapping[str, Source]:
    """Return the sources that come with Cotejo, by name."""
    import cotejo.data.sources as package

    entries = pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    return _by_name(import_module(entry.name).SOURCE for entry in entries)


def _by_name(sources: Iterable[Source]) -> Mapping[str, Source]:
    """Return sources by their names.

    Raises:
        DataError: two of them have one name.
    """
    named: dict[str, Source] = {}
    for source in sources:
        if source.name in named:
            raise DataError("source_ships", name=source.name)
        named[source.name] = source
    return named


def known_sources() -> list[Source]:
    """Return every data set that a study can name, by name.

    Example:
        >>> {"cifar10", "digits"} <= {source.name for source in known_sources()}
        True
    """
    return sorted([*_shipped().values(), *_own.values()], key=lambda source: source.name)


def find_source(name: object) -> Source | None:
    """Return the source of that name, or None: it is a path, or a data set from arrays.

    Example:
        >>> find_source("digits").mirroring_keeps_class, find_source("photos/2024")
        (False, None)
    """
    if not isinstance(name, str):
        return None
    return _shipped().get(name) or _own.get(name)


def said_source(name: str, source: str, language: str) -> str:
    """Return where a data set comes from: in its own words, or as `Dataset.source` has it.

    Args:
        name: the data set's.
        source: its `Dataset.source`.
        language: ``"en"`` or ``"es"``.

    Example:
        >>> said_source("mine", "my camera", "es")
        'my camera'
    """
    known = find_source(name)
    return (known.say("source", language) if known else None) or source


def register_source(source: Source) -> Source:
    """Register a data set of your own, so that studies can use its name.

    It is known in this process only: register it before you run, verify or report a study of it.
    A name of your own may be registered again, as when a notebook's cell is run twice.

    Returns:
        The source, as it was given.

    Raises:
        DataError: a data set that ships has this name.

    Example:
        >>> import numpy as np
        >>> from cotejo.data import Dataset, Split, load
        >>> def load_squares(data_dir, progress):
        ...     images = np.zeros((4, 8, 8), np.uint8)
        ...     images[::2, ::2] = 255
        ...     part = Split(images, np.array([0, 1, 0, 1]))
        ...     names = {"en": ["stripes", "plain"], "es": ["rayas", "lisa"]}
        ...     return Dataset("my-squares", part, part, part, names, {"method": "own"}, "made")
        >>> title = {"en": "striped squares", "es": "cuadrados a rayas"}
        >>> _ = register_source(Source("my-squares", load_squares, words={"title": title}))
        >>> load("my-squares").num_classes
        2
        >>> unregister_source("my-squares")
    """
    if source.ships:
        raise DataError("source_ships", name=source.name)
    _own[source.name] = source
    return source


def unregister_source(name: str) -> None:
    """Take a data set of your own out of the registry again.

    Raises:
        KeyError: you have registered none of that name.
    """
    del _own[name]

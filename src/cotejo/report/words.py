"""The report's language: its sentences, its numbers, and the names of settings and values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from cotejo.config.augmentations import AugmentationError
from cotejo.config.labels import augmentation_phrase
from cotejo.data import find_source
from cotejo.errors import recorded_error
from cotejo.messages import LANGUAGES, knows, message
from cotejo.numbers import Numbers
from cotejo.texts import without_paths

__all__ = ["NOT_APPLICABLE", "Words"]

NOT_APPLICABLE = "–"
"""What a table's cell says where a figure does not exist."""

# "e" stands for "y" before the sound of "i", which "hie", "ia" and "yo" do not begin with.
_SOUNDS_LIKE_I = re.compile(r"\W*(h?[ií](?![aeouáéóú])|y(?![aeiouáéíóú]))", re.IGNORECASE)


class Words:
    """Say things in one language.

    Args:
        language: ``"en"`` or ``"es"``.

    Raises:
        ValueError: there are no sentences in ``language``.

    Example:
        >>> words = Words("es")
        >>> words.say("split_valid"), words.setting_value("learning_rate", 1e-4)
        ('Validación', '0,0001')
        >>> words.both(["gato", "perro", "rana"]), words.both(["perro", "iguana"])
        ('gato, perro y rana', 'perro e iguana')
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"`language` must be one of {LANGUAGES}; received {language!r}")
        self.language = language
        self.numbers = Numbers(language)

    def say(self, key: str, **values: Any) -> str:
        """Return a sentence.

        Args:
            key: of ``locales/<language>/report.toml``; with a point, ``"<area>.<key>"``, of
                another area's catalogue, such as a topic's: ``"audit.method"``.
            **values: what the sentence names.
        """
        full_key = key if "." in key else f"report.{key}"
        return message(full_key, language=self.language, **values)

    def knows(self, key: str) -> bool:
        """Return whether there is a sentence under ``key``."""
        return knows(key if "." in key else f"report.{key}", self.language)

    def both(self, items: Sequence[str]) -> str:
        """Return items as a list in words: "a, b and c"."""
        from babel.lists import format_list

        text: str = format_list(list(items), locale=self.language) if items else ""
        if len(items) < 2:
            return text
        last = items[-1]
        # CLDR's English has a comma before "and"; the catalogues' English has none.
        if self.language == "en" and text.endswith(f", and {last}"):
            return f"{text.removesuffix(f', and {last}')} and {last}"
        # CLDR has this rule of Spanish; Babel does not apply it.
        if self.language == "es" and _SOUNDS_LIKE_I.match(last):
            return f"{text.removesuffix(f' y {last}')} e {last}"
        return text

    def data_name(self, name: str) -> str:
        """Return what people call a data set; a path stays as it is."""
        return self.of_data(name, "title") or name

    def of_data(self, name: str, word: str, **values: Any) -> str | None:
        """Return what a data set itself has to say under ``word``; None if it has nothing."""
        source = find_source(name)
        return source.say(word, self.language, **values) if source else None

    def setting_name(self, name: str) -> str:
        """Return what people call a setting; a user's own option is called as in the user's code.

        Example:
            >>> Words("es").setting_name("model"), Words("es").setting_name("units")
            ('Modelo', '`units`')
        """
        key = f"settings.{name}.name"
        return self.say(key) if self.knows(key) else self.own_option(name)

    def own_option(self, name: str) -> str:
        """Return the name of a user's own option as code: between backticks."""
        return f"`{name}`"

    def setting_noun(self, name: str) -> str:
        """Return what a sentence calls a setting, with its article: "el tamaño de lote"."""
        key = f"settings.{name}.noun"
        return self.say(key) if self.knows(key) else self.setting_name(name)

    def number(self, count: int) -> str:
        """Return how many, in a word from two to ten and in digits otherwise.

        Example:
            >>> words = Words("es")
            >>> words.number(6), words.number(16)
            ('seis', '16')
        """
        key = f"number_{count}"
        return self.say(key) if self.knows(key) else self.numbers.integer(count)

    def setting_value(self, name: str, value: Any) -> str:
        """Return a setting's value as a reader would write it; None stands for no value."""
        words = f"settings.{name}"
        if value is None or value == "":
            absent = f"{words}.absent"
            return self.say(absent) if self.knows(absent) else NOT_APPLICABLE
        if isinstance(value, bool):
            return self.say("value_yes" if value else "value_no")
        if self.knows(f"{words}.values.{value}"):
            return self.say(f"{words}.values.{value}")
        if isinstance(value, int | float):
            if self.knows(f"{words}.value"):
                return self.say(f"{words}.value", count=value)
            return self.numbers.shortest(value, 8)
        if isinstance(value, str):
            return value
        if name == "augment" and (said := self._augmentation(value)):
            return said
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

    def _augmentation(self, value: Any) -> str | None:
        """Return what an augmentation's parts do; None for those of a newer version."""
        try:
            return augmentation_phrase(value, self.language)
        except AugmentationError:
            return None

    def reason(self, reason: dict[str, Any] | None) -> str:
        """Return why a run failed: Cotejo's errors in the report's language, others unchanged."""
        if not reason:
            return self.say("reason_unknown")
        try:
            values = {
                name: without_paths(value) if isinstance(value, str) else value
                for name, value in reason.get("values", {}).items()
            }
            said = recorded_error({**reason, "values": values}).in_language(self.language)
        except (KeyError, TypeError):
            said = str(reason.get("message") or self.say("reason_unknown"))
        return without_paths(said)

"""The functions, classes and objects that a comparison is given, each under a name of its own."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from typing import Any

from cotejo.backend import keras
from cotejo.comparison.writing import text_of
from cotejo.config import Alternative, Sources
from cotejo.config.sources import Source, function_source
from cotejo.errors import ConfigError
from cotejo.models import find_model_family

__all__ = ["Given"]

_PARTS = ("optimizer", "loss", "schedule")


class Given:
    """What settings were given in place of a name, and the names that stand for it.

    A network's function is known by its own name. A part of the training is known as if it were in
    a file, ``focal.py:focal``, because that file is written: it is kept with the study, and holds
    what the part rests on.
    """

    def __init__(self) -> None:
        self._networks: dict[str, Source] = {}
        self._builders: dict[str, Any] = {}
        self._parts: dict[str, Source] = {}

    @property
    def parts(self) -> Sources:
        """The files that stand for parts of the training."""
        return Sources(self._parts.values())

    def named(self, table: dict[str, Any], name: str) -> dict[str, Any]:
        """Return a table with names in place of the functions, classes and objects in it.

        Args:
            table: settings, of which some are perhaps no text.
            name: the alternative's.

        Raises:
            ConfigError: the model is nothing that could build a network, or a part of the training
                rests on something that can't be written down.
        """
        table = dict(table)
        for part in _PARTS:
            if _is_thing(table.get(part)):
                table[part] = self._part(part, table[part])
        callbacks = table.get("callbacks")
        if _is_thing(callbacks):
            table["callbacks"] = [self._part("callback", callbacks)]
        elif isinstance(callbacks, list | tuple):
            table["callbacks"] = [
                self._part("callback", each) if _is_thing(each) else each for each in callbacks
            ]
        model = table.get("model")
        if model is None or isinstance(model, str):
            return table
        build = _builder(model)
        if build is None:
            raise ConfigError("compare_model", name=name, type=type(model).__name__)
        return {**table, "model": self._network(model, build, name)}

    def given_to(self, alternative: Alternative) -> Alternative:
        """Return an alternative with the function of the network that it names."""
        settings = alternative.settings
        source = self._networks.get(settings.model)
        if source is None:
            return alternative
        both = Sources([*settings.sources.values(), source])
        return alternative.model_copy(
            update={"settings": settings.model_copy(update={"sources": both})}
        )

    def _network(self, model: Any, build: Callable[..., Any], name: str) -> str:
        wanted = getattr(model, "__name__", "")
        if not wanted.isidentifier():  # a lambda, or a network
            wanted = "".join(letter if letter.isalnum() else "_" for letter in name)
        called, number = wanted, 2
        while (
            find_model_family(called)
            or self._builders.get(called, model) is not model
            or f"{called}.py" in self._parts
        ):
            called, number = f"{wanted}_{number}", number + 1
        self._builders[called] = model
        self._networks[called] = function_source(called, build)
        return called

    def _part(self, kind: str, thing: Any) -> str:
        """Return the name of a part of the training, in the file that is written for it."""
        called = getattr(thing, "__name__", "")
        if not called.isidentifier() or not called.isascii():  # a lambda, or an object
            # By what it is, so that it is called the same whatever else is compared.
            digest = hashlib.sha256(text_of(thing, kind).encode()).hexdigest()
            called = f"{kind}_{digest[:6]}"
        source = _source(called, thing)
        known = self._parts.get(source.name)
        if (known is not None and known != source) or called in self._networks:
            called = f"{called}_{source.digest[:6]}"
            source = _source(called, thing)
        self._parts[source.name] = source
        return f"{source.name}:{called}"


def _source(called: str, thing: Any) -> Source:
    # A callback keeps what it has seen: no training may see that of another.
    kept = copy.deepcopy(thing) if isinstance(thing, keras.callbacks.Callback) else thing
    return Source(f"{called}.py", text_of(thing, called).encode(), kept)


def _is_thing(value: Any) -> bool:
    """Whether a setting was given something else than a name: what is called, or Keras's object."""
    kinds = (
        keras.optimizers.Optimizer,
        keras.optimizers.schedules.LearningRateSchedule,
        keras.losses.Loss,
        keras.callbacks.Callback,
    )
    return not isinstance(value, str) and (callable(value) or isinstance(value, kinds))


def _builder(model: Any) -> Callable[..., Any] | None:
    """Return what builds a network anew each time; None for what can't."""
    if isinstance(model, keras.Model):

        def build() -> Any:
            copied = keras.models.clone_model(model)
            if getattr(model, "compiled", False):
                copied.compile_from_config(model.get_compile_config())
            return copied

        build.__name__ = model.name
        return build
    return model if callable(model) else None

"""The functions, classes and objects that a comparison is given, each under a name of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from cotejo.backend import keras
from cotejo.config import Alternative, Sources
from cotejo.config.sources import Source
from cotejo.errors import ConfigError
from cotejo.models import find_model_family
from cotejo.models.own.given import given_source
from cotejo.models.own.writing import text_of

__all__ = ["Given"]

_PARTS = ("optimizer", "loss", "schedule")


class Given:
    """What settings were given in place of a name, and the names that stand for it.

    They are known as if they were in files, ``tiny.py:tiny``, because those files are written: they
    are kept with the study, and hold what the function rests on. A network of which that can't be
    written, such as a model itself, is known by a name alone.
    """

    def __init__(self) -> None:
        self._files: dict[str, Source] = {}
        self._names: dict[str, Source] = {}
        self._models: dict[str, Any] = {}

    @property
    def files(self) -> Sources:
        """The files that stand for what was given."""
        return Sources(self._files.values())

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
        """Return an alternative with the network that it knows by a name alone."""
        settings = alternative.settings
        source = self._names.get(settings.model)
        if source is None:
            return alternative
        both = Sources([*settings.sources.values(), source])
        return alternative.model_copy(
            update={"settings": settings.model_copy(update={"sources": both})}
        )

    def _network(self, model: Any, build: Callable[..., Any], name: str) -> str:
        with suppress(ConfigError):
            return self._part("model", build)
        wanted = getattr(model, "__name__", "")
        if not wanted.isidentifier():  # a lambda, or a network
            wanted = "".join(letter if letter.isalnum() else "_" for letter in name)
        called, number = wanted, 2
        while find_model_family(called) or self._models.get(called, model) is not model:
            called, number = f"{wanted}_{number}", number + 1
        self._models[called] = model
        self._names[called] = given_source(called, build)
        return called

    def _part(self, kind: str, thing: Any) -> str:
        """Return the name of a thing, in the file that is written for it.

        Raises:
            ConfigError: it rests on something that can't be written down.
        """
        name = getattr(thing, "__name__", "")
        is_named = name.isidentifier()  # a lambda is not, nor is an object
        name = name if is_named else kind
        content = text_of(thing, name).encode()
        # By what it is, so that it is called the same whatever else is compared.
        other = f"{name}_{hashlib.sha256(content).hexdigest()[:6]}.py"
        file = f"{name}.py" if is_named else other
        if file in self._files and self._files[file].content != content:
            file = other
        self._files[file] = Source(file, content, thing)
        return f"{file}:{name}"


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

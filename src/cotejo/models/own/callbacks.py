"""Callbacks of the user's own, which see their own network while Cotejo's is trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np

from cotejo.backend import keras
from cotejo.config import Settings
from cotejo.config.sources import Source
from cotejo.models.own.executing import saying_where
from cotejo.models.own.parts import named_in, of_another_kind

__all__ = ["OwnCallbacks", "made_callbacks", "own_callbacks"]

_COMPARES = "monitor_op"
"""The attribute of Keras's own callbacks in which they keep how they compare."""

_OF_KERAS = {"_model", "model", "params", "validation_data"}
"""Attributes of a callback that a training gives it."""

_FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodType, np.ufunc, type)

_NOTHING = object()


def own_callbacks(
    settings: Settings, network: keras.Model, figures: Callable[[], Mapping[str, Any]]
) -> OwnCallbacks:
    """Return the user's own callbacks, as one that passes all events on to them.

    They see the user's network as their model, whose ``stop_training`` ends the training, and
    ``val_loss`` and ``val_accuracy`` beside Keras's own logs.

    Args:
        settings: that name them; each is a callback, or a class or function that makes one.
        network: that is trained.
        figures: gives the validation figures of the epoch that ended.

    Raises:
        ConfigError: one is no callback.
    """
    return OwnCallbacks(made_callbacks(settings), network, figures)


def made_callbacks(settings: Settings) -> list[tuple[Source, keras.callbacks.Callback]]:
    """Return the callbacks that settings name, each with the file that it is from.

    Raises:
        ConfigError: one is no callback.
    """
    callbacks = []
    for name in settings.callback_names:
        source, thing = named_in(settings, name)
        with saying_where(source):
            made = thing() if callable(thing) else thing
        if not isinstance(made, keras.callbacks.Callback):
            raise of_another_kind(name, "keras.callbacks.Callback", made)
        callbacks.append((source, made))
    return callbacks


class OwnCallbacks(keras.callbacks.Callback):
    """Passes events on to the user's own callbacks, which see their own network.

    A training of several stages is one to them: it begins once, and ends with `finish`.

    Args:
        callbacks: each with the file that it is from.
        network: theirs.
        figures: gives the validation figures of the epoch that ended.
    """

    def __init__(
        self,
        callbacks: list[tuple[Source, keras.callbacks.Callback]],
        network: keras.Model,
        figures: Callable[[], Mapping[str, Any]],
    ) -> None:
        super().__init__()
        self._callbacks = callbacks
        self._network = network
        self._figures = figures
        self._begun = False
        self._functions: list[dict[str, Any]] = []

    def set_params(self, params: Any) -> None:
        """Pass the parameters on."""
        super().set_params(params)
        for _, callback in self._callbacks:
            callback.set_params(params)

    def on_train_begin(self, logs: Any = None) -> None:
        """Show them their network, with the optimizer that trains it."""
        if self._begun or not self._callbacks:
            return
        self._begun = True
        self._network.optimizer = self.model.optimizer
        self._network.stop_training = False
        for _, callback in self._callbacks:
            callback.set_model(self._network)
        self._tell("on_train_begin", logs)
        self._functions = [_functions_of(callback) for _, callback in self._callbacks]

    def finish(self) -> None:
        """Tell them that the training has ended, and take the optimizer away again."""
        if self._begun:
            self._tell("on_train_end", None)
            self._network.optimizer = None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Pass it on."""
        self._tell("on_epoch_begin", epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Pass it on, with the validation figures."""
        if self._callbacks:
            self._tell("on_epoch_end", epoch, {**(logs or {}), **self._figures()})

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Pass it on."""
        self._tell("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Pass it on."""
        self._tell("on_train_batch_end", batch, logs)

    def state(self) -> list[dict[str, Any]]:
        """Return what each callback keeps in its attributes.

        The model and functions that it has had since it began are left out: one made anew has
        them too.
        """
        return [
            {
                name: value
                for name, value in vars(callback).items()
                if name not in _OF_KERAS
                and value is not begun_with.get(name, _NOTHING)
                and not (name == _COMPARES and callable(value))
            }
            for (_, callback), begun_with in zip(self._callbacks, self._functions, strict=True)
        ]

    def restore(self, state: list[dict[str, Any]]) -> None:
        """Bring back what `state` returned, to callbacks that have begun."""
        for (source, callback), attributes in zip(self._callbacks, state, strict=True):
            # Keras's own choose how they compare when an epoch first ends, and start counting then.
            if _COMPARES not in attributes and getattr(callback, _COMPARES, _NOTHING) is None:
                with saying_where(source):
                    callback._set_monitor_op()
            vars(callback).update(deepcopy(attributes))

    def _tell(self, event: str, *arguments: Any) -> None:
        for source, callback in self._callbacks:
            with saying_where(source):
                getattr(callback, event)(*arguments)
        if self._begun and getattr(self._network, "stop_training", False):
            self.model.stop_training = True


def _functions_of(callback: keras.callbacks.Callback) -> dict[str, Any]:
    return {name: value for name, value in vars(callback).items() if isinstance(value, _FUNCTIONS)}

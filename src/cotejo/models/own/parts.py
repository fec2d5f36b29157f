"""Parts of a training of the user's own: an optimizer, a schedule, a loss, callbacks."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cotejo.backend import keras, ops
from cotejo.config import Settings, file_of
from cotejo.config.sources import Source, name_in
from cotejo.errors import ConfigError
from cotejo.models.own.executing import named, saying_where

__all__ = ["OwnCallbacks", "own_callbacks", "own_loss", "own_optimizer", "own_schedule"]


def own_optimizer(settings: Settings, learning_rate: Any) -> keras.optimizers.Optimizer:
    """Return the optimizer that the user's own code makes.

    It is called with ``learning_rate``, ``momentum`` and ``weight_decay``, those that the settings
    give and none of the others.

    Args:
        settings: that name it.
        learning_rate: a number or a schedule; None leaves it to the optimizer.

    Raises:
        ConfigError: it does not take what the settings give, or it is no optimizer.
    """
    source, thing = _thing(settings, settings.optimizer)
    given = {
        "learning_rate": learning_rate,
        "momentum": settings.momentum,
        "weight_decay": settings.weight_decay or None,
    }
    given = {name: value for name, value in given.items() if value is not None}
    if isinstance(thing, keras.optimizers.Optimizer):
        thing = _copied(thing)
    with saying_where(source):
        taken = _parameters(thing)
        for name in given:
            if taken is not None and name not in taken:
                raise ConfigError("own_does_not_take", name=settings.optimizer, setting=name)
        optimizer = thing(**given)
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise _of_another_kind(settings.optimizer, "keras.optimizers.Optimizer", optimizer)
    return optimizer


def own_schedule(settings: Settings, steps: int) -> Any:
    """Return the learning rates that the user's own code gives to the steps of a training.

    It is one of Keras's schedules; or it is called with the highest rate and the number of steps,
    and returns one of those, or a function of the step.

    Raises:
        ConfigError: it returns something else, or no learning rate is given.
    """
    source, thing = _thing(settings, settings.schedule)
    if isinstance(thing, keras.optimizers.schedules.LearningRateSchedule):
        return thing
    if settings.learning_rate is None:
        raise ConfigError("own_schedule_rate", name=settings.schedule)
    with saying_where(source):
        made = thing(settings.learning_rate, steps)
    if isinstance(made, keras.optimizers.schedules.LearningRateSchedule | float | int):
        return made
    if callable(made):
        return _Schedule(made)
    raise _of_another_kind(settings.schedule, "LearningRateSchedule", made)


class _Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule that is a function of the step."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        super().__init__()
        self.function = function

    def __call__(self, step: Any) -> Any:
        return self.function(ops.cast(step, "float32"))

    def get_config(self) -> dict[str, Any]:
        return {"function": self.function}


def own_loss(settings: Settings, num_classes: int, changes: tuple[str, ...]) -> Any:
    """Return the loss of labels ``[batch]`` and logits that the user's own code computes.

    It gets the labels as whole numbers, or one-hot if it can't take those; and what the user's
    network gave: probabilities, where that ended in a softmax or a sigmoid, else logits. Of two
    classes with one output, both are ``[batch, 1]``, and the labels real numbers.

    Args:
        settings: that name it: a function of labels and predictions, a loss of Keras's, or a class
            or function without arguments that makes one.
        num_classes: how many classes.
        changes: what was changed of the network (`cotejo.models.own.adapting.CHANGES`).

    Raises:
        ConfigError: it computes no loss from such labels and predictions.
    """
    source, thing = _thing(settings, settings.loss)
    given = _as_written(changes)
    one_output = "one_output" in changes
    with saying_where(source):
        if isinstance(thing, type) or not _required(thing):
            thing = thing()
        one_hot = not one_output and _wants_one_hot(thing, num_classes, settings.loss)

    def loss(labels: Any, logits: Any) -> Any:
        classes = ops.cast(ops.reshape(labels, (-1,)), "int32")
        predictions = given(ops.cast(logits, "float32"))
        if one_output:
            return thing(ops.cast(ops.expand_dims(classes, 1), "float32"), predictions)
        return thing(ops.one_hot(classes, num_classes) if one_hot else classes, predictions)

    return loss


def _as_written(changes: tuple[str, ...]) -> Callable[[Any], Any]:
    """Return what makes of logits what the network gave before it was changed."""
    ends = {"softmax", "sigmoid", "log"} & set(changes)
    if "one_output" in changes:
        # The second logit is the network's own; the first is 0.
        return lambda logits: ops.sigmoid(logits[:, 1:]) if ends else logits[:, 1:]
    if "sigmoid" in changes:
        return lambda logits: ops.sigmoid(logits)
    return (lambda logits: ops.softmax(logits, axis=-1)) if ends else (lambda logits: logits)


def _wants_one_hot(loss: Callable[[Any, Any], Any], num_classes: int, name: str) -> bool:
    """Return whether a loss takes one-hot labels and no whole numbers, by trying it.

    Raises:
        ConfigError: it gives no loss for either.
        Exception: that which one-hot labels raise, if neither can be taken.
    """
    # A number of images that is not the number of classes, so that no wrong shape passes.
    count = num_classes + 3
    classes = ops.convert_to_tensor(np.arange(count) % num_classes, dtype="int32")
    chances = ops.convert_to_tensor(np.full((count, num_classes), 1 / num_classes, "float32"))

    def is_loss(labels: Any) -> bool:
        return tuple(np.shape(ops.convert_to_numpy(loss(labels, chances)))) in ((), (count,))

    try:
        if is_loss(classes):
            return False
    except Exception:  # what can't take whole numbers raises what it likes
        if is_loss(ops.one_hot(classes, num_classes)):
            return True
    else:
        if is_loss(ops.one_hot(classes, num_classes)):
            return True
    raise ConfigError("own_loss_shape", name=name)


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
    callbacks = []
    for name in settings.callback_names:
        source, thing = _thing(settings, name)
        with saying_where(source):
            made = thing if isinstance(thing, keras.callbacks.Callback) else thing()
        if not isinstance(made, keras.callbacks.Callback):
            raise _of_another_kind(name, "keras.callbacks.Callback", made)
        callbacks.append((source, made))
    return OwnCallbacks(callbacks, network, figures)


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

    def _tell(self, event: str, *arguments: Any) -> None:
        for source, callback in self._callbacks:
            with saying_where(source):
                getattr(callback, event)(*arguments)
        if self._begun and getattr(self._network, "stop_training", False):
            self.model.stop_training = True


def _thing(settings: Settings, value: str) -> tuple[Source, Any]:
    source = settings.sources[str(file_of(value))]
    if source.build is None:
        return source, named(source, name_in(value))
    thing = source.build
    # No training may see what a callback has kept of another.
    return source, copy.deepcopy(thing) if isinstance(thing, keras.callbacks.Callback) else thing


def _copied(optimizer: keras.optimizers.Optimizer) -> Callable[..., Any]:
    config = optimizer.get_config()
    return lambda **given: type(optimizer).from_config({**config, **given})


def _parameters(thing: Callable[..., Any]) -> set[str] | None:
    """Return the names that a call takes; None if it takes any."""
    parameters = inspect.signature(thing).parameters
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values()):
        return None
    return set(parameters)


def _required(thing: Callable[..., Any]) -> list[str]:
    if isinstance(thing, keras.losses.Loss):
        return ["y_true", "y_pred"]
    parameters = inspect.signature(thing).parameters.values()
    return [each.name for each in parameters if each.default is inspect.Parameter.empty]


def _of_another_kind(name: str, expected: str, received: Any) -> ConfigError:
    return ConfigError(
        "own_of_another_kind", name=name, expected=expected, received=type(received).__name__
    )

"""A loss of the user's own: which labels it takes, and what it computes from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cotejo.backend import ops
from cotejo.config import Settings
from cotejo.errors import ConfigError
from cotejo.messages import message
from cotejo.models.own.executing import saying_where
from cotejo.models.own.parts import named_in, shown_kind
from cotejo.models.signatures import required

__all__ = ["own_loss"]


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
    source, thing = named_in(settings, settings.loss)
    given = _as_written(changes)
    one_output = "one_output" in changes
    with saying_where(source):
        if isinstance(thing, type) or not required(thing):
            thing = thing()
        trial = _Trial(num_classes)
        if one_output:
            labels = ops.cast(trial.classes[:, None], "float32")
            trial.check(thing(labels, trial.chances[:, 1:]), settings.loss)
        one_hot = not one_output and _wants_one_hot(thing, trial, settings.loss)

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


def _wants_one_hot(loss: Callable[[Any, Any], Any], trial: _Trial, name: str) -> bool:
    """Return whether a loss takes one-hot labels and no whole numbers, by trying it.

    Raises:
        ConfigError: it gives no loss for either.
        Exception: that which one-hot labels raise, if neither can be taken.
    """
    try:
        if trial.is_loss(loss(trial.classes, trial.chances)):
            return False
    except Exception:  # noqa: S110 - what can't take whole numbers raises what it likes
        pass
    trial.check(loss(trial.one_hot, trial.chances), name)
    return True


class _Trial:
    """Labels and predictions by which a loss is tried before the training.

    Args:
        num_classes: how many classes.
    """

    def __init__(self, num_classes: int) -> None:
        # A number of images that is not the number of classes, so that no wrong shape passes.
        self.count = num_classes + 3
        whole = np.arange(self.count) % num_classes
        shares = np.full((self.count, num_classes), 1 / num_classes, "float32")
        self.classes = ops.convert_to_tensor(whole, dtype="int32")
        self.one_hot = ops.one_hot(self.classes, num_classes)
        self.chances = ops.convert_to_tensor(shares)

    def is_loss(self, value: Any) -> bool:
        """Whether a loss gave a tensor with a number for each image, or one for all."""
        return ops.is_tensor(value) and tuple(value.shape) in ((), (self.count,), (self.count, 1))

    def check(self, value: Any, name: str) -> None:
        """Refuse what is no loss.

        Raises:
            ConfigError: it is none.
        """
        if self.is_loss(value):
            return
        received = shown_kind(value)
        if ops.is_tensor(value):
            received = message("errors.own_gives_shape", shape=tuple(value.shape))
        raise ConfigError("own_loss_shape", name=name, images=self.count, received=received)

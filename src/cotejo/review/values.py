"""What a name in a notebook may stand for, as far as it can be followed without running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ast

    from cotejo.review.trace import Place, Training

__all__ = [
    "UNKNOWN",
    "Augmenter",
    "Callback",
    "Collection",
    "Constant",
    "Construct",
    "Data",
    "Function",
    "Generator",
    "History",
    "Layer",
    "Model",
    "Optimizer",
    "Predictions",
    "Score",
    "Splitter",
    "Symbol",
    "Tensor",
    "Value",
]


class Value:
    """Anything that a name may stand for."""


class _Unknown(Value):
    """What can't be followed; nothing is ever found about it."""


UNKNOWN = _Unknown()


@dataclass(frozen=True)
class Constant(Value):
    """A number, a text, true, false or None."""

    value: Any


@dataclass(frozen=True)
class Symbol(Value):
    """Something of a library, by its full name: ``keras.layers.Dense``."""

    path: str


@dataclass(eq=False)
class Collection(Value):
    """A list, tuple, set or dict.

    Attributes:
        items: its values.
        keys: of a dict, the values' keys.
        literal: whether its items were written one by one.
    """

    items: list[Value]
    keys: list[Value] | None = None
    literal: bool = True


@dataclass(frozen=True)
class Construct(Value):
    """An object of Keras that a layer takes, such as a regularizer: its name and arguments."""

    path: str
    arguments: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True)
class Augmenter:
    """How images are changed at random.

    Attributes:
        parts: those that a study knows: the part's name, and its number if it takes one.
        others: what a study has no part for, as it was written.
    """

    parts: tuple[tuple[str, float | None], ...] = ()
    others: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts or self.others)


@dataclass(frozen=True)
class Data(Value):
    """Images or labels.

    Attributes:
        split: ``"train"``, ``"valid"`` or ``"test"``; None where that can't be told.
        part: which part of the split, as it was cut out; empty for all of it.
        data: the name of the data set or the path of the folder, where it is known.
        own_test: whether the data came with a test set of its own.
        labels: whether these are the labels alone.
        augmenter: how its images are changed; None if they are not.
        batch_size: images a step, where the data is in batches.
    """

    split: str | None = None
    part: str = ""
    data: str | None = None
    own_test: bool = False
    labels: bool = False
    augmenter: Augmenter | None = None
    batch_size: int | None = None


@dataclass(frozen=True)
class Generator(Value):
    """An `ImageDataGenerator`: how it changes images, and whether it holds some back."""

    augmenter: Augmenter
    holds_back: bool = False


@dataclass(frozen=True)
class Splitter(Value):
    """A cross-validation of scikit-learn."""


@dataclass(eq=False)
class Layer(Value):
    """A layer of Keras.

    Attributes:
        kind: its class, such as ``"Conv2D"``.
        place: where it is made.
        arguments: those that it is given by position.
        keywords: those that it is given by name.
        touched: whether anything was done with it after it was made.
        name: the variable that it was given to.
        model: the network that it stands for, where a network is used as a layer.
        alone: whether it was only given to a variable, or made and let go.
    """

    kind: str
    place: Place
    arguments: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] = field(default_factory=dict)
    touched: bool = False
    name: str = ""
    model: Model | None = None
    alone: bool = False


@dataclass(eq=False)
class Tensor(Value):
    """What a layer gives for its inputs; without a layer, an input of the network.

    Attributes:
        layer: the layer.
        inputs: what it was called on.
        shape: of an input, its sizes without the batch's.
        place: where it is made.
        touched: whether anything was done with it.
        name: the variable that it was given to.
        alone: whether it was only given to a variable.
    """

    layer: Layer | None
    inputs: tuple[Tensor, ...] = ()
    shape: Value = UNKNOWN
    place: Place | None = None
    touched: bool = False
    name: str = ""
    alone: bool = False


@dataclass(eq=False)
class Model(Value):
    """A network.

    Attributes:
        place: where it is made.
        layers: of a `Sequential`, its layers in order.
        outputs: of a functional one, its output; its layers follow from it.
        inputs: of a functional one, its input.
        known: whether all of the network could be read.
        name: the first variable that it was given to.
        optimizer: that of the last `compile`.
        compiled: where it was last compiled, as long as nothing followed.
        trainings: its trainings so far.
        foreign: whether weights came from elsewhere, or something unknown was done with it.
        renewed: whether its weights, or which of them learn, were changed since it was trained.
        made_in: the numbers of the loops that were around it when it was made.
        pretrained: whether it is a network of `keras.applications` or from a file.
        local: whether its name is that of a variable of a function.
        application: what `keras.applications` calls it, if it is one without its last layers and
            with its weights from ImageNet.
    """

    place: Place
    layers: list[Layer] = field(default_factory=list)
    outputs: Tensor | None = None
    inputs: Tensor | None = None
    known: bool = True
    name: str = ""
    optimizer: Value = UNKNOWN
    compiled: Place | None = None
    trainings: list[Training] = field(default_factory=list)
    foreign: bool = False
    renewed: bool = False
    made_in: tuple[int, ...] = ()
    pretrained: bool = False
    local: bool = False
    application: str = ""


@dataclass(frozen=True)
class Optimizer(Value):
    """An optimizer.

    Attributes:
        name: in lower case, as Keras takes it: ``"adam"``.
        learning_rate: where it is a number; None for the optimizer's own.
        momentum: of SGD.
        weight_decay: where it is a number.
        exact: whether these are all of its settings.
    """

    name: str
    learning_rate: float | None = None
    momentum: float | None = None
    weight_decay: float | None = None
    exact: bool = True


@dataclass(frozen=True)
class Callback(Value):
    """A callback of training.

    Attributes:
        kind: its class, such as ``"EarlyStopping"``.
        monitor: the figure that it watches.
        patience: in epochs, where it is a number.
        acts: whether what it watches decides something: when to stop, which weights are kept.
    """

    kind: str
    monitor: str = "val_loss"
    patience: int | None = None
    acts: bool = True


@dataclass(frozen=True, eq=False)
class History(Value):
    """What `fit` returns."""

    training: Training


@dataclass(frozen=True, eq=False)
class Score(Value):
    """A figure of a network on a split.

    Attributes:
        split: ``"train"``, ``"valid"`` or ``"test"``; None where that can't be told.
        model: the network.
        several: whether it is a series, one figure for each epoch.
        loss: whether less is better.
    """

    split: str | None
    model: Model
    several: bool = False
    loss: bool = False


@dataclass(frozen=True, eq=False)
class Predictions(Value):
    """What a network says of a split."""

    split: str | None
    model: Model


@dataclass(eq=False)
class Function(Value):
    """A function of the notebook's own, or a class.

    Attributes:
        node: its definition.
        cell: the position of the cell where it stands.
        network: of a class, whether it is a network written as a class.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
    cell: int
    network: bool = False

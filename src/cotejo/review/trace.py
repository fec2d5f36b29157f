"""What happens in a notebook, in order: the record that the checks look at."""

from __future__ import annotations

from dataclasses import dataclass, field

from cotejo.review.values import Data, Layer, Model, Optimizer, Tensor

__all__ = ["Choice", "Evaluation", "Loop", "Place", "Trace", "Training"]


@dataclass(frozen=True, order=True)
class Place:
    """Some lines of a cell.

    Attributes:
        cell: the cell's position, from 1.
        first: the first line in the cell, from 1.
        last: the last one.
    """

    cell: int
    first: int
    last: int


@dataclass(frozen=True)
class Loop:
    """A loop that something happens in.

    Attributes:
        kind: over what it goes: ``"settings"`` written one by one, ``"folds"`` of a
            cross-validation, ``"seeds"``, or ``"other"``.
        number: which loop it is.
    """

    kind: str
    number: int


@dataclass(eq=False)
class Training:
    """One call of `fit`.

    Attributes:
        place: where.
        model: the network.
        optimizer: the one that it was compiled with; None if that can't be told.
        data: what it learns from.
        validation: what `validation_data` is; None without it.
        validation_split: whether part of the training images validates.
        epochs: as given; None where it is no number.
        batch_size: as given; None where it is no number.
        patience: of early stopping; None without it.
        watches: the classes of the callbacks that decide by the validation images.
        ran: whether its cell was run to its end.
        loops: the loops around it, the outermost first.
        earlier: where the network was trained before; None if it is new.
        as_new: whether it was trained before and nothing says that this goes on from there.
        exact: whether all settings could be read.
    """

    place: Place
    model: Model
    optimizer: Optimizer | None
    data: Data | None
    validation: Data | None
    validation_split: bool = False
    epochs: int | None = None
    batch_size: int | None = None
    patience: int | None = None
    watches: tuple[str, ...] = ()
    ran: bool = True
    loops: tuple[Loop, ...] = ()
    earlier: Training | None = None
    as_new: bool = False
    exact: bool = True

    @property
    def valid_split(self) -> str | None:
        """Of which split the validation figures are."""
        if self.validation is not None:
            return self.validation.split
        return "valid" if self.validation_split else None


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One look at a network's figures or predictions on some data."""

    place: Place
    model: Model
    data: Data


@dataclass(frozen=True, eq=False)
class Choice:
    """A choice or comparison by figures, which stand in the code at `place`.

    Attributes:
        kind: ``"best_of_test"``, or ``"splits"`` where figures of different splits are compared.
        place: where.
    """

    kind: str
    place: Place


@dataclass
class Trace:
    """All that happened.

    Attributes:
        models: every network, in order.
        trainings: every `fit`.
        evaluations: every look at figures or predictions.
        layers: every layer that was made.
        tensors: every result of a layer.
        choices: choices by figures.
        missing: names of libraries that were used without an import, with the place.
        unfollowed: cells that can't be parsed, with the line.
        seeded: whether a random seed is set anywhere.
        repeated: whether a training is repeated: over seeds, over folds, or the same again.
        imported_later: of the missing names, the cell that imports them after all.
        compiles: every `compile`: the place, the network, and whether it was trained before.
        augmented: where images are scored that are changed at random.
        mentioned: names that code uses which was not followed.
        ended: whether the notebook was too long to be followed to its end.
    """

    models: list[Model] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    tensors: list[Tensor] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    missing: dict[str, Place] = field(default_factory=dict)
    imported_later: dict[str, int] = field(default_factory=dict)
    compiles: list[tuple[Place, Model, bool]] = field(default_factory=list)
    augmented: list[Place] = field(default_factory=list)
    unfollowed: dict[int, int | None] = field(default_factory=dict)
    seeded: bool = False
    repeated: bool = False
    mentioned: set[str] = field(default_factory=set)
    ended: bool = False

    def choose(self, kind: str, place: Place) -> None:
        """Note a choice once for each place."""
        if not any(each.place == place and each.kind == kind for each in self.choices):
            self.choices.append(Choice(kind, place))

"""The settings of an alternative: how it is built and trained, with every default."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer

from cotejo.config.about import GROUPS, About, Idle, about_of, metadata_of
from cotejo.config.augmentation_parts import Augmentation
from cotejo.config.augmentations import read_augmentation, written
from cotejo.config.checking import Frozen
from cotejo.config.layer_list import joined
from cotejo.config.options import COMMON_OPTIONS, Options, is_usual
from cotejo.config.sources import NAMED, Sources, file_of

__all__ = ["LEARNING_RATES", "MOMENTUMS", "Settings"]

LEARNING_RATES = {
    "adam": 1e-3,
    "adamw": 1e-3,
    "nadam": 1e-3,
    "rmsprop": 1e-3,
    "adagrad": 1e-2,
    "sgd": 1e-2,
    "muon": 0.1,
}
"""Each optimizer's rate where none is given: Keras's own, but for Adagrad's 1e-3 and Muon."""

MOMENTUMS = {"sgd": 0.9, "muon": 0.6}
"""The momentum, where none is given, of the optimizers that take one."""

_WITHOUT_MOMENTUM = frozenset(LEARNING_RATES) - frozenset(MOMENTUMS)

OwnName = Annotated[str, Field(pattern=NAMED)]
"""What names something in a file of the user's own: ``nets.py:lion``."""


OwnNames = Annotated[str, Field(pattern=rf"^$|{NAMED}"), BeforeValidator(joined)]
"""Several of those, in a list or in one text, with commas between them."""


class Settings(Frozen):
    """How one alternative is built and trained: what every training has, and the model's options.

    A field says all that is known of its setting: the type, the limits, the default, and `About`
    it. Its words stand under its name in ``locales/<language>/settings.toml``. The order of the
    fields is the order in files and tables.

    Attributes:
        model: the model's name; `cotejo models` lists them. Or a network of the user's own: a
            function in a file (``nets.py:tiny``), or a saved one (``trained.keras``).
        options: those of the model that are given, by name; it has its own for the others.
        augment: how training images are changed each time they are seen: the name of a short form,
            or a list of parts (`cotejo.config.augmentation_parts`).
        optimizer: the optimizer's name, or one of the user's own (``nets.py:lion``), which is
            called with the learning rate, the momentum and the weight decay as far as it takes
            them.
        learning_rate: the highest of the schedule; None for the optimizer's own.
        momentum: Nesterov's, of `sgd`, 0.9 if left out, and of `muon`, 0.6. The other optimizers
            take none, and it is None: adam, adamw and nadam average the gradient in their own way,
            adagrad not at all, and Keras's rmsprop keeps its own, 0.
        weight_decay: decoupled from the gradient, as in AdamW. `muon` takes none, since it keeps
            the size of its kernels.
        schedule: how the learning rate changes from step to step; one of the user's own is called
            with the highest rate and the number of steps.
        loss: ``"cross-entropy"``, or one of the user's own, called with labels and predictions.
        callbacks: those of the user's own, by name; each is made anew for each training.
        train_fraction: the share of the training images that are learned from, of each class;
            with one seed a larger share holds every image of a smaller one.
        batch_size: images a step.
        epochs: passes over those images, at most.
        early_stopping: epochs without a lower validation loss before training stops and the best
            weights come back; 0 trains every epoch and keeps the last weights.
        label_smoothing: the share of the target spread over all classes.
        class_weight: ``"balanced"`` weighs the images of a class in the loss by how rare it is
            among those learned from, so that all classes weigh the same together.
        small_epochs: the first epochs, on images of three quarters of their height and width.
        hard_epochs: the last epochs, on the images with the highest losses when last seen.
        hard_share: how large a share of the images those are; it needs `hard_epochs`.
        average: ``"ema"`` keeps the moving average of the weights over about an epoch's steps.
        tta: from which views the finished network sees an image that it is unsure of; they are
            averaged.
        precision: of the computation; weights are float32 in any case.
        start_from: the alternative whose trained weights this one trains on from, seed by seed.
        unfreeze: the epochs in which only the head of a pretrained network learns; from then on
            its backbone learns too. None keeps the backbone frozen in all epochs.
        unfreeze_rate: the learning rate once the backbone learns, as a share of `learning_rate`.
        sources: the files of the user's own that the settings name. They are in no record: their
            content counts in a run's key, and is kept beside the run.

    Example:
        >>> Settings(model="cnn3", epochs=10).resolved().learning_rate
        0.001
    """

    model: Annotated[str, About("network", absorbs_options=True, overfitting=True)] = "cnn3"
    options: Options = Options()
    augment: Annotated[
        Augmentation,
        BeforeValidator(read_augmentation),
        PlainSerializer(written),
        About("data", overfitting=True),
    ] = "none"
    optimizer: Annotated[
        Literal["adam", "adamw", "nadam", "rmsprop", "adagrad", "sgd", "muon"] | OwnName,
        About("optimisation", absorbs=("learning_rate", "momentum")),
    ] = "adam"
    learning_rate: Annotated[
        float | None, Field(gt=0, le=100), About("optimisation", same_pace=True)
    ] = None
    momentum: Annotated[
        float | None,
        Field(ge=0, lt=1),
        About("optimisation", idle=Idle("optimizer", _WITHOUT_MOMENTUM)),
    ] = None
    weight_decay: Annotated[
        float,
        Field(ge=0, le=1),
        About("regularisation", overfitting=True, idle=Idle("optimizer", frozenset({"muon"}))),
    ] = 0.0
    schedule: Annotated[
        Literal["constant", "cosine", "linear", "one-cycle", "step"] | OwnName,
        About("optimisation", same_pace=True),
    ] = "constant"
    loss: Annotated[
        Literal["cross-entropy"] | OwnName, About("optimisation", overfitting=True, unsaid=True)
    ] = "cross-entropy"
    callbacks: Annotated[OwnNames, About("optimisation", overfitting=True, unsaid=True)] = ""
    train_fraction: Annotated[
        float, Field(gt=0, le=1), About("data", same_pace=True, overfitting=True)
    ] = 1.0
    batch_size: Annotated[int, Field(ge=1, le=65536), About("optimisation")] = 64
    epochs: Annotated[
        int, Field(ge=1, le=10000), About("optimisation", same_pace=True, overfitting=True)
    ] = 10
    early_stopping: Annotated[
        int,
        Field(ge=0, le=10000),
        About("optimisation", same_pace=True, absorbs=("epochs",), overfitting=True),
    ] = 0
    label_smoothing: Annotated[
        float, Field(ge=0, lt=1), About("regularisation", overfitting=True)
    ] = 0.0
    class_weight: Annotated[Literal["none", "balanced"], About("data", unsaid=True)] = "none"
    small_epochs: Annotated[
        int, Field(ge=0, le=10000), About("data", same_pace=True, unsaid=True)
    ] = 0
    hard_epochs: Annotated[
        int,
        Field(ge=0, le=10000),
        About("data", same_pace=True, absorbs=("hard_share",), unsaid=True),
    ] = 0
    hard_share: Annotated[
        float,
        Field(gt=0, le=1),
        About("data", same_pace=True, idle=Idle("hard_epochs", frozenset({0}))),
    ] = 0.5
    average: Annotated[Literal["none", "ema"], About("prediction", unsaid=True)] = "none"
    tta: Annotated[
        Literal["none", "flip", "flip-shift"], About("prediction", same_pace=True, unsaid=True)
    ] = "none"
    precision: Annotated[Literal["auto", "float32", "bfloat16"], About("prediction")] = "auto"
    start_from: Annotated[
        str | None,
        About(
            "optimisation",
            same_pace=True,
            absorbs=("learning_rate", "momentum", "schedule", "epochs", "early_stopping"),
        ),
    ] = None
    unfreeze: Annotated[
        int | None,
        Field(ge=0, le=10000),
        About(
            "optimisation",
            same_pace=True,
            absorbs=("unfreeze_rate", "epochs"),
            unsaid=True,
            overfitting=True,
        ),
    ] = None
    unfreeze_rate: Annotated[
        float,
        Field(gt=0, le=1),
        About(
            "optimisation", same_pace=True, idle=Idle("unfreeze", frozenset({None})), unsaid=True
        ),
    ] = 0.1
    sources: Annotated[Sources, Field(exclude=True)] = Sources()

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names of the settings; a model's options are not among them."""
        return tuple(name for name in cls.model_fields if name not in ("options", "sources"))

    @classmethod
    def default(cls, name: str) -> Any:
        """Return the value of a setting where none is given; None of an option."""
        return cls.model_fields[name].default if name in cls.names() else None

    @classmethod
    def about(cls, name: str) -> About:
        """Return what is known of a setting, or of a model's option.

        Example:
            >>> Settings.about("dropout").layer, Settings.about("tta").group
            ('Dropout', 'prediction')
        """
        if name in cls.names():
            return about_of(cls.model_fields[name].metadata)
        return about_of(metadata_of(COMMON_OPTIONS.get(name)))

    @classmethod
    def by_group(cls, names: Iterable[str]) -> list[str]:
        """Return names of settings and options in the order in which a report goes through them.

        Example:
            >>> Settings.by_group(["tta", "epochs", "dropout", "batch_size", "model"])
            ['model', 'batch_size', 'epochs', 'dropout', 'tta']
        """
        given = set(names)
        options = [*COMMON_OPTIONS, *sorted(given - set(cls.names()) - set(COMMON_OPTIONS))]
        ordered = _with_options(cls.names(), options)
        return sorted(
            (name for name in ordered if name in given),
            key=lambda name: GROUPS.index(cls.about(name).group),
        )

    @classmethod
    def from_flat(
        cls, table: Mapping[str, Any], places: Mapping[str, str] | None = None
    ) -> Settings:
        """Return the settings of a table in which the model's options stand beside the others.

        Args:
            table: the settings and options by name, as a record has them.
            places: the table in which each was written, in words.

        Raises:
            ValidationError: a setting is of the wrong type or out of range. The options are not
                looked at: their model says which they are (`cotejo.models.check_options`).

        Example:
            >>> Settings.from_flat({"model": "cnn3", "dropout": 0.3}).options
            Options({'dropout': 0.3})
        """
        return cls.model_validate(nested(table, cls.names(), places))

    def flat(self) -> dict[str, Any]:
        """Return the settings as one table, the model's options beside the others, as in files.

        The options that several models share are always in it, with None where they are not given.
        """
        table = self.model_dump()
        options = table.pop("options")
        return {name: {**table, **options}.get(name) for name in _with_options(table, options)}

    @property
    def own_names(self) -> tuple[str, ...]:
        """What the settings name in files of the user's own.

        Example:
            >>> Settings(optimizer="nets.py:lion", callbacks=["nets.py:Mine"]).own_names
            ('nets.py:lion', 'nets.py:Mine')
        """
        values = (self.model, self.optimizer, self.schedule, self.loss, *self.callback_names)
        return tuple(value for value in values if file_of(value) is not None)

    @property
    def callback_names(self) -> tuple[str, ...]:
        """The callbacks, one by one.

        Example:
            >>> Settings(callbacks=["nets.py:A", "nets.py:B"]).callback_names
            ('nets.py:A', 'nets.py:B')
        """
        return tuple(each.strip() for each in self.callbacks.split(",") if each.strip())

    def with_sources(self, sources: Sources, called: Mapping[str, str]) -> Settings:
        """Return the settings with the files that they name.

        Args:
            sources: the files.
            called: what each value that names something in a file is called from now on.
        """
        named = {
            name: called.get(value, value)
            for name in ("model", "optimizer", "schedule", "loss")
            if isinstance(value := getattr(self, name), str)
        }
        callbacks = ", ".join(called.get(each, each) for each in self.callback_names)
        return self.model_copy(update={**named, "callbacks": callbacks, "sources": sources})

    def pace(self) -> str:
        """Return what decides how long a step takes: two that give the same text are alike.

        A value that the shared option of its name does not take is one of another option, of which
        nobody knows what it does.
        """
        table = self.flat()
        return json.dumps(
            {
                name: value
                for name, value in table.items()
                if not self.about(name).same_pace or not is_usual(name, value)
            }
        )

    @property
    def idle(self) -> dict[str, str]:
        """The settings that do nothing beside the others, each with the one that makes it so.

        Example:
            >>> Settings(optimizer="adam").idle
            {'momentum': 'optimizer', 'hard_share': 'hard_epochs', 'unfreeze_rate': 'unfreeze'}
        """
        conditions = {name: self.about(name).idle for name in self.names()}
        return {
            name: idle.because_of
            for name, idle in conditions.items()
            if idle is not None and getattr(self, idle.because_of) in idle.values
        }

    def resolved(self) -> Settings:
        """Return the same with the optimizer's own learning rate and momentum filled in.

        Settings that do nothing go back to their defaults, so that what is recorded is what was
        done, and two alternatives that differ in them alone are seen to be one.
        """
        rate, momentum = self.learning_rate, self.momentum
        filled = {
            "learning_rate": LEARNING_RATES.get(self.optimizer) if rate is None else rate,
            "momentum": MOMENTUMS.get(self.optimizer) if momentum is None else momentum,
        }
        defaults = {name: self.default(name) for name in self.idle}
        return self.model_copy(update=filled | defaults)


def nested(
    table: Mapping[str, Any], settings: Iterable[str], places: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a table of settings and options with the options in a table of their own.

    Args:
        table: settings and options by name.
        settings: the names of the settings; every other key is an option.
        places: the table in which each was written, in words.
    """
    known = set(settings)
    options = {name: value for name, value in table.items() if name not in known}
    return {
        **{name: value for name, value in table.items() if name in known},
        "options": Options(options, places),
    }


def _with_options(settings: Iterable[str], options: Iterable[str]) -> list[str]:
    """Return names of settings with those of the options after the model's."""
    first, *others = settings
    return [first, *dict.fromkeys([*COMMON_OPTIONS, *options]), *others]

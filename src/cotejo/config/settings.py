"""The settings of an alternative: how it is built and trained, with every default."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer

from cotejo.config.augmentation_parts import Augmentation
from cotejo.config.augmentations import read_augmentation, written
from cotejo.config.checking import Frozen

__all__ = ["LEARNING_RATES", "MODELS", "MODEL_OPTIONS", "MOMENTUMS", "Settings"]

MODELS = ("airbench", "airbench96", "cnn", "cnn2", "cnn3", "cnn7", "mlp", "wide-resnet")
"""The models that ship, for who would rather not load Keras to know; the registry may have more."""

MODEL_OPTIONS = (
    "initializer", "convolutions", "kernel_size", "width", "activation", "dropout", "batch_norm",
    "whitening",
)  # fmt: skip
"""The settings that a model's builder takes; None leaves the model its own."""

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


class Settings(Frozen):
    """How one alternative is built and trained.

    Attributes:
        model: the model's name; `cotejo models` lists them.
        initializer, convolutions, kernel_size, width, activation, dropout, batch_norm, whitening:
            options of the model, None for its own.
        augment: how training images are changed each time they are seen: the name of a short form,
            or a list of parts (`cotejo.config.augmentation_parts`).
        optimizer: the optimizer's name.
        learning_rate: the highest of the schedule; None for the optimizer's own.
        momentum: Nesterov's, of `sgd`, 0.9 if left out, and of `muon`, 0.6. The other optimizers
            take none, and it is None: adam, adamw and nadam average the gradient in their own way,
            adagrad not at all, and Keras's rmsprop keeps its own, 0.
        weight_decay: decoupled from the gradient, as in AdamW. `muon` takes none, since it keeps
            the size of its kernels.
        schedule: how the learning rate changes from step to step.
        train_fraction: the share of the training images that are learned from, of each class;
            with one seed a larger share holds every image of a smaller one.
        batch_size: images a step.
        epochs: passes over those images, at most.
        early_stopping: epochs without a lower validation loss before training stops and the best
            weights come back; 0 trains every epoch and keeps the last weights.
        label_smoothing: the share of the target spread over all classes.
        small_epochs: the first epochs, on images of three quarters of their height and width.
        hard_epochs: the last epochs, on the images with the highest losses when last seen.
        hard_share: how large a share of the images those are; it needs `hard_epochs`.
        average: ``"ema"`` keeps the moving average of the weights over about an epoch's steps.
        tta: from which views the finished network sees an image that it is unsure of; they are
            averaged.
        precision: of the computation; weights are float32 in any case.
        start_from: the alternative whose trained weights this one trains on from, seed by seed.

    Example:
        >>> Settings(model="cnn3", epochs=10).resolved().learning_rate
        0.001
    """

    model: str = "cnn3"
    initializer: Literal["glorot", "he", "dirac"] | None = None
    convolutions: Annotated[int, Field(ge=1, le=4)] | None = None
    kernel_size: Annotated[int, Field(ge=1, le=15)] | None = None
    width: Annotated[int, Field(ge=4, le=512)] | None = None
    activation: Literal["relu", "silu", "gelu"] | None = None
    dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    batch_norm: bool | None = None
    whitening: bool | None = None
    augment: Annotated[
        Augmentation, BeforeValidator(read_augmentation), PlainSerializer(written)
    ] = "none"
    optimizer: Literal["adam", "adamw", "nadam", "rmsprop", "adagrad", "sgd", "muon"] = "adam"
    learning_rate: Annotated[float, Field(gt=0, le=100)] | None = None
    momentum: Annotated[float, Field(ge=0, lt=1)] | None = None
    weight_decay: Annotated[float, Field(ge=0, le=1)] = 0.0
    schedule: Literal["constant", "cosine", "linear", "one-cycle", "step"] = "constant"
    train_fraction: Annotated[float, Field(gt=0, le=1)] = 1.0
    batch_size: Annotated[int, Field(ge=1, le=65536)] = 64
    epochs: Annotated[int, Field(ge=1, le=10000)] = 10
    early_stopping: Annotated[int, Field(ge=0, le=10000)] = 0
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    small_epochs: Annotated[int, Field(ge=0, le=10000)] = 0
    hard_epochs: Annotated[int, Field(ge=0, le=10000)] = 0
    hard_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    average: Literal["none", "ema"] = "none"
    tta: Literal["none", "flip", "flip-shift"] = "none"
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    start_from: str | None = None

    @property
    def model_options(self) -> dict[str, Any]:
        """The options given for the model, by name."""
        options = {name: getattr(self, name) for name in MODEL_OPTIONS}
        return {name: value for name, value in options.items() if value is not None}

    @property
    def idle(self) -> dict[str, str]:
        """The settings that do nothing beside the others, each with the one that makes it so.

        Example:
            >>> Settings(optimizer="adam").idle
            {'momentum': 'optimizer', 'hard_share': 'hard_epochs'}
        """
        found = {}
        if self.optimizer not in MOMENTUMS:
            found["momentum"] = "optimizer"
        if self.optimizer == "muon":
            found["weight_decay"] = "optimizer"
        if self.hard_epochs == 0:
            found["hard_share"] = "hard_epochs"
        return found

    def resolved(self) -> Settings:
        """Return the same with the optimizer's own learning rate and momentum filled in.

        Settings that do nothing go back to their defaults, so that what is recorded is what was
        done, and two alternatives that differ in them alone are seen to be one.
        """
        rate, momentum = self.learning_rate, self.momentum
        filled = {
            "learning_rate": LEARNING_RATES[self.optimizer] if rate is None else rate,
            "momentum": MOMENTUMS.get(self.optimizer) if momentum is None else momentum,
        }
        defaults = {name: type(self).model_fields[name].default for name in self.idle}
        return self.model_copy(update=filled | defaults)

"""The cells that train the network: the optimizer, the loss, the augmentation, the epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cotejo.config import Settings, file_of
from cotejo.config.augmentation_parts import Part, parts
from cotejo.report.words import Words

__all__ = ["AUGMENTED", "OPTIMIZERS", "phase_code", "whitening_code"]

OPTIMIZERS = {
    "adagrad": "Adagrad",
    "adam": "Adam",
    "adamw": "AdamW",
    "nadam": "Nadam",
    "rmsprop": "RMSprop",
    "sgd": "SGD",
}
"""Keras's optimizers by Cotejo's names for them."""

AUGMENTED = (
    "flip", "alternating-flip", "rotate", "zoom", "shift", "crop", "brightness", "contrast",
)  # fmt: skip
"""The parts of an augmentation for which Keras has a layer, if only one like it."""

_ONE_CYCLE = '''\
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """{about}"""

    def __init__(self, highest, steps, warmup=0.2):
        self.highest, self.steps, self.warmup = highest, steps, warmup

    def __call__(self, step):
        done = keras.ops.cast(step, "float32") / self.steps
        up = 0.05 + 0.95 * done / self.warmup
        down = (1.0 - done) / (1.0 - self.warmup)
        return self.highest * keras.ops.maximum(keras.ops.minimum(up, down), 0.0)


'''

_WHITEN = '''\
def whitening_filters(pixels, size=2, epsilon=5e-4):
    """{about}"""
    channels = pixels.shape[-1]
    products, count = 0.0, 0
    for start in range(0, len(pixels), 500):
        windows = np.lib.stride_tricks.sliding_window_view(
            pixels[start : start + 500], (size, size), axis=(1, 2)
        )
        patches = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, size * size * channels)
        patches = patches.astype("float64")
        products, count = products + patches.T @ patches, count + len(patches)
    variances, directions = np.linalg.eigh(products / count)
    kernel = (directions / np.sqrt(variances + epsilon)).reshape(size, size, channels, -1)
    return np.concatenate([kernel, -kernel], axis=-1).astype("float32")


layer = network.get_layer("whitening")
before = keras.Model(network.inputs[0], layer.input)
seen = keras.ops.convert_to_numpy(before(x_train[:5000].astype("float32")))
layer.kernel.assign(whitening_filters(seen))
'''

_ADAPT = """\
for layer in network.layers:
    if isinstance(layer, keras.layers.Normalization):
        layer.adapt(x_train[:5000].astype("float32"))
"""


def whitening_code(network: str, words: Words) -> str | None:
    """Return the cell that takes from the training images what layers take from them.

    Args:
        network: the code that builds the network.
        words: the language.

    Returns:
        The cell; None where no layer takes anything.
    """
    cells = []
    if 'name="whitening"' in network:
        cells.append(_WHITEN.format(about=words.say("notebook.keras_whitening")))
    if "layers.Normalization(" in network:
        cells.append(_ADAPT)
    return "\n\n".join(cells) or None


def phase_code(
    settings: Settings, from_logits: bool, channels: int, data: Mapping[str, Any], words: Words
) -> str:
    """Return the cell that trains the network with the settings of one phase.

    Args:
        settings: resolved.
        from_logits: whether the network gives logits.
        channels: of the images.
        data: the content of ``data.json``.
        words: the language.
    """
    chosen = [part for part in parts(settings.augment) if part.name in AUGMENTED]
    head = _ONE_CYCLE.format(about=words.say("notebook.keras_one_cycle"))
    lines = [
        *([head.rstrip("\n"), "", ""] if settings.schedule == "one-cycle" else []),
        f"epochs, batch_size = {settings.epochs}, {settings.batch_size}",
    ]
    if settings.schedule in _SCHEDULES:
        lines.append("steps = epochs * -(-len(x_train) // batch_size)")
    lines.append(f"optimizer = {_optimizer(settings)}")
    lines += _learner(chosen, data["image_shape"])
    loss, labels = _loss(settings, from_logits)
    lines += [
        "learner.compile(",
        "    optimizer=optimizer,",
        f"    loss={loss},",
        '    metrics=["accuracy"],',
        ")",
        "history = learner.fit(",
        "    x_train,",
        f"    {labels.format('y_train')},",
        "    batch_size=batch_size,",
        "    epochs=epochs,",
        f"    validation_data=(x_valid, {labels.format('y_valid')}),{_weights(settings)}",
    ]
    if settings.early_stopping:
        lines += [
            "    callbacks=[",
            "        keras.callbacks.EarlyStopping(",
            f"            patience={settings.early_stopping}, restore_best_weights=True",
            "        )",
            "    ],",
        ]
    lines += ["    verbose=2,", ")"]
    if settings.class_weight == "balanced":
        place = lines.index("history = learner.fit(")
        lines[place:place] = [
            "counts = np.bincount(y_train, minlength=len(names))",
            "present = counts > 0",
            "even = len(y_train) / (present.sum() * np.maximum(counts, 1))",
            "weights = np.where(present, even, 0)",
        ]
    return "\n".join(lines)


_SCHEDULES = {
    "cosine": "keras.optimizers.schedules.CosineDecay({rate}, steps)",
    "linear": "keras.optimizers.schedules.PolynomialDecay({rate}, steps, end_learning_rate=0.0)",
    "one-cycle": "OneCycle({rate}, steps)",
    "step": (
        "keras.optimizers.schedules.PiecewiseConstantDecay(\n"
        "        [steps // 2, steps * 3 // 4], [{rate}, {rate} / 10, {rate} / 100]\n    )"
    ),
}


def _optimizer(settings: Settings) -> str:
    """Return the optimizer; Adam in place of one that Keras has not."""
    kind = OPTIMIZERS.get(settings.optimizer)
    if kind is None:
        return "keras.optimizers.Adam(0.001)"
    rate = repr(settings.learning_rate)
    if settings.schedule in _SCHEDULES and file_of(settings.schedule) is None:
        rate = _SCHEDULES[settings.schedule].format(rate=rate)
    given = [rate]
    if settings.momentum is not None:
        given.append(f"momentum={settings.momentum!r}")
    if settings.optimizer == "sgd":
        given.append("nesterov=True")
    if settings.weight_decay or settings.optimizer == "adamw":
        given.append(f"weight_decay={settings.weight_decay!r}")
    line = f"keras.optimizers.{kind}({', '.join(given)})"
    if len(line) < 80:
        return line
    return f"keras.optimizers.{kind}(\n    " + ",\n    ".join(given) + ",\n)"


def _learner(chosen: Sequence[Part], shape: Sequence[int]) -> list[str]:
    """Return the lines that put the augmentation, if there is any, before the network."""
    layers = [_layer(part, shape) for part in chosen]
    if not layers:
        return ["learner = network"]
    return [
        "augmentation = keras.Sequential(",
        "    [",
        *(f"        keras.layers.{layer}," for layer in layers),
        "    ]",
        ")",
        "pixels = keras.Input(x_train.shape[1:])",
        "learner = keras.Model(pixels, network(augmentation(pixels)))",
    ]


def _layer(part: Part, shape: Sequence[int]) -> str:
    amount = part.amount or 0
    if part.name in ("flip", "alternating-flip"):
        return 'RandomFlip("horizontal")'
    if part.name == "rotate":
        return f'RandomRotation({amount} / 360, fill_mode="nearest")'
    if part.name == "zoom":
        return f'RandomZoom((-{amount}, {amount}), fill_mode="nearest")'
    if part.name == "shift":
        return f'RandomTranslation({amount}, {amount}, fill_mode="nearest")'
    if part.name == "crop":
        sides = [f"{amount} / {side}" if amount >= 1 else repr(amount) for side in shape[:2]]
        shifts = ", ".join(sides)
        return f'RandomTranslation({shifts}, fill_mode="reflect", interpolation="nearest")'
    kind = part.name.capitalize()
    return f"Random{kind}({amount})"


def _loss(settings: Settings, from_logits: bool) -> tuple[str, str]:
    """Return the loss, and how its labels are written."""
    logits = f"from_logits={from_logits}"
    if not settings.label_smoothing:
        return f"keras.losses.SparseCategoricalCrossentropy({logits})", "{}"
    smoothing = f"label_smoothing={settings.label_smoothing!r}"
    loss = f"keras.losses.CategoricalCrossentropy({logits}, {smoothing})"
    return loss, "keras.utils.to_categorical({}, len(names))"


def _weights(settings: Settings) -> str:
    if settings.class_weight != "balanced":
        return ""
    return "\n    class_weight=dict(enumerate(weights)),"

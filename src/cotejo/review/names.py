"""What notebooks call the things of Keras and its companions."""

from __future__ import annotations

import re

from cotejo.review.words import words

__all__ = [
    "AUGMENTING_LAYERS",
    "CALLBACKS",
    "DATA_SETS",
    "KNOWN",
    "LAYERS",
    "OPTIMIZERS",
    "canonical",
    "last_name",
    "root_of",
    "split_named",
]

LAYERS = words(
    "Activation AveragePooling1D AveragePooling2D BatchNormalization Bidirectional "
    "CenterCrop Concatenate Add Average Conv1D Conv2D Conv2DTranspose Cropping2D "
    "Dense DepthwiseConv2D Dot Dropout ELU Embedding Flatten GRU GaussianDropout "
    "GaussianNoise AlphaDropout GlobalAveragePooling1D GlobalAveragePooling2D "
    "GlobalMaxPooling1D GlobalMaxPooling2D GroupNormalization InputLayer LSTM "
    "LayerNormalization LeakyReLU Maximum MaxPooling1D MaxPooling2D Multiply "
    "MultiHeadAttention Normalization PReLU Permute RandomBrightness RandomContrast "
    "RandomCrop RandomFlip RandomHeight RandomRotation RandomTranslation RandomWidth "
    "RandomZoom ReLU RepeatVector Rescaling Reshape Resizing SeparableConv1D "
    "SeparableConv2D SimpleRNN Softmax SpatialDropout1D SpatialDropout2D Subtract "
    "UnitNormalization UpSampling2D ZeroPadding2D MaxPool2D AvgPool2D GlobalAvgPool2D "
    "GlobalMaxPool2D Convolution2D"
)
"""The layers that are made of numbers and texts alone: none of them runs somebody's code."""

AUGMENTING_LAYERS = frozenset(name for name in LAYERS if name.startswith("Random"))

OPTIMIZERS = words("adam adamw nadam rmsprop adagrad adadelta adamax ftrl sgd lion")

CALLBACKS = words(
    "EarlyStopping ModelCheckpoint ReduceLROnPlateau TensorBoard CSVLogger "
    "LearningRateScheduler TerminateOnNaN Callback LambdaCallback"
)

DATA_SETS = {
    "cifar10": ("cifar10", 10),
    "cifar100": ("cifar100", 100),
    "mnist": ("mnist", 10),
    "fashion_mnist": ("fashion-mnist", 10),
    "svhn_cropped": ("svhn", 10),
}
"""Published sets, as Keras and TensorFlow Datasets call them: a study's name, and the classes."""

_OF_LAYERS = {name: f"keras.layers.{name}" for name in LAYERS if name not in ("Add", "Dot")}
KNOWN = {
    **_OF_LAYERS,
    **{name: f"keras.callbacks.{name}" for name in CALLBACKS if name != "Callback"},
    **{name: f"keras.datasets.{name}" for name in DATA_SETS},
    "ImageDataGenerator": "keras.preprocessing.image.ImageDataGenerator",
    "Sequential": "keras.Sequential",
    "Adam": "keras.optimizers.Adam",
    "SGD": "keras.optimizers.SGD",
    "RMSprop": "keras.optimizers.RMSprop",
    "to_categorical": "keras.utils.to_categorical",
    "image_dataset_from_directory": "keras.utils.image_dataset_from_directory",
    "train_test_split": "sklearn.model_selection.train_test_split",
    "confusion_matrix": "sklearn.metrics.confusion_matrix",
    "classification_report": "sklearn.metrics.classification_report",
    "accuracy_score": "sklearn.metrics.accuracy_score",
    "tf": "tensorflow",
    "np": "numpy",
    "plt": "matplotlib.pyplot",
    "pd": "pandas",
    "keras": "keras",
}
"""The names that are always a library's: used without an import, each is a slip."""

_PREFIXES = ("tensorflow.keras", "tensorflow.python.keras", "tensorflow._api.v2.keras", "tf_keras")


def canonical(path: str) -> str:
    """Return a full name as Keras has it today, whichever way it was imported.

    Example:
        >>> canonical("tensorflow.keras.layers.Dense"), canonical("numpy.argmax")
        ('keras.layers.Dense', 'numpy.argmax')
    """
    for prefix in _PREFIXES:
        if path == prefix or path.startswith(f"{prefix}."):
            return f"keras{path.removeprefix(prefix)}"
    return path


def last_name(path: str) -> str:
    """Return the last part of a full name."""
    return path.rpartition(".")[2]


def root_of(path: str) -> str:
    """Return the library of a full name."""
    return path.partition(".")[0]


_SPLITS = {
    "test": re.compile(
        r"(?<![a-z])[xy]?(test|tst)(x|y|ds|data|set)?(?![a-z])|(?<![a-z])[xy]?(testing|pruebas?)"
    ),
    "valid": re.compile(
        r"(?<![a-z])[xy]?(val|dev)(x|y|ds|data|set)?(?![a-z])|(?<![a-z])[xy]?(valid|holdout)"
    ),
    "train": re.compile(r"(?<![a-z])[xy]?(train|entren)"),
}


def split_named(name: str) -> str | None:
    """Return which split a variable or a folder is named after, or None.

    Example:
        >>> split_named("X_val"), split_named("y_prueba"), split_named("photos")
        ('valid', 'test', None)
        >>> split_named("train_and_test") is None
        True
    """
    found = [split for split, pattern in _SPLITS.items() if pattern.search(name.lower())]
    return found[0] if len(found) == 1 else None

"""The models: one file a family, and the registry that builds them by name.

Nothing here loads Keras before a network is built: a builder imports it, and our own layers, when
it is called. What needs Keras from the start is imported from its own module (`portable`,
`fingerprint`, `cost`, `whitening`).
"""

from cotejo.models import airbench, airbench96, cnn, cnn7, mlp, wide_resnet
from cotejo.models.registry import (
    ModelFamily,
    build_model,
    check_options,
    model_families,
    model_family,
    register,
    unregister,
)
from cotejo.models.studies import check_models, resolve

__all__ = [
    "ModelFamily",
    "airbench",
    "airbench96",
    "build_model",
    "check_models",
    "check_options",
    "cnn",
    "cnn7",
    "mlp",
    "model_families",
    "model_family",
    "register",
    "resolve",
    "unregister",
    "wide_resnet",
]

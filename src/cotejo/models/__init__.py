"""The models: one file a family, and the registry that builds them by name."""

from cotejo.models import airbench, airbench96, cnn, cnn7, mlp, wide_resnet
from cotejo.models.cost import operations_per_image
from cotejo.models.fingerprint import fingerprint
from cotejo.models.portable import load_portable, load_trained, portable, precisions
from cotejo.models.registry import (
    ModelFamily,
    build_model,
    check_options,
    model_families,
    model_family,
    register,
    unregister,
)
from cotejo.models.whitening import whiten

__all__ = [
    "ModelFamily",
    "airbench",
    "airbench96",
    "build_model",
    "check_options",
    "cnn",
    "cnn7",
    "fingerprint",
    "load_portable",
    "load_trained",
    "mlp",
    "model_families",
    "model_family",
    "operations_per_image",
    "portable",
    "precisions",
    "register",
    "unregister",
    "whiten",
    "wide_resnet",
]

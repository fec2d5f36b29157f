"""The models: their builders, and the registry that finds them by name.

Nothing here loads Keras before a network is built: a builder imports it, and our own layers, when
it is called. What needs Keras from the start is imported from its own module (`portable`,
`fingerprint`, `cost`, `whitening`).
"""

import pkgutil
from importlib import import_module

from cotejo.models import builders
from cotejo.models.building import build_model, check_options
from cotejo.models.own.families import family_of
from cotejo.models.registry import (
    ModelFamily,
    find_model_family,
    model_families,
    model_family,
    model_groups,
    register,
    unregister,
)
from cotejo.models.studies import check_models, resolve

__all__ = [
    "ModelFamily",
    "build_model",
    "check_models",
    "check_options",
    "family_of",
    "find_model_family",
    "model_families",
    "model_family",
    "model_groups",
    "register",
    "resolve",
    "unregister",
]

# Each registers its models as it is imported.
for _module in pkgutil.iter_modules(builders.__path__, f"{builders.__name__}."):
    import_module(_module.name)

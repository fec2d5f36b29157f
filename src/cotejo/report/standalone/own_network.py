"""How a network of the user's own code is built: from the text of the code, which is not run."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from cotejo.config import Settings
from cotejo.config.sources import name_in
from cotejo.store import RunFolder

__all__ = ["own_call"]

_SHAPES = ("image_shape", "input_shape", "img_shape", "shape", "forma", "forma_entrada")
_COUNTS = (
    "num_classes", "n_classes", "nb_classes", "classes", "num_clases", "n_clases", "clases",
)  # fmt: skip
"""As in `cotejo.models.own.families`, which needs Keras."""

_NOT_SAID = ("one_output", "train_step")
"""Changes that the call can't say."""


def own_call(run: RunFolder, settings: Settings) -> tuple[str, bool] | None:
    """Return the code that builds the network, and whether it gives logits; None if it can't be.

    Args:
        run: one of the user's own code.
        settings: its.
    """
    changes = set((run.record.get("model") or {}).get("changes") or ())
    if run.own_code is None or changes & set(_NOT_SAID):
        return None
    name = name_in(settings.model)
    parameters = _parameters(run.own_code[1], name)
    given = [
        *([f"{found}=x_train.shape[1:]"] if (found := _role(parameters, _SHAPES)) else []),
        *([f"{found}=len(names)"] if (found := _role(parameters, _COUNTS)) else []),
        *(
            f"{key}={value!r}"
            for key, value in settings.options.items()
            if key in (parameters or ())
        ),
    ]
    made = name if parameters is None else f"{name}({', '.join(given)})"
    lines = [f"network = {made}"]
    if "scaled" in changes:
        lines = [
            "network = keras.Sequential([",
            "    keras.Input(x_train.shape[1:]),",
            "    keras.layers.Rescaling(1 / 255),",
            f"    {made},",
            "])",
        ]
    return "\n".join(lines), not changes & {"softmax", "sigmoid", "log"}


def _parameters(text: str, name: str) -> list[str] | None:
    """Return the names of the parameters of a function or a class; None of anything else."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            made = (each for each in node.body if isinstance(each, ast.FunctionDef))
            start = next((each for each in made if each.name == "__init__"), None)
            return _names(start)[1:] if start is not None else []
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return _names(node)
    return None


def _names(function: ast.FunctionDef) -> list[str]:
    arguments = function.args
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [argument.arg for argument in listed]


def _role(parameters: Sequence[str] | None, names: Sequence[str]) -> str | None:
    """Return the parameter that takes the images' shape, or how many classes there are."""
    if parameters is None:
        return None
    return next((name for name in names if name in parameters), None)

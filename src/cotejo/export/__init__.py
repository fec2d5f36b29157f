"""A classifier in a form that others run: ONNX, LiteRT, TensorFlow's, PyTorch's, plain Keras.

`export` writes it, and shows that it answers as the classifier does; `OnnxClassifier` runs an
ONNX file with NumPy and ONNX Runtime alone. Importing this loads no backend.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cotejo.export.exporting import Exported, export
    from cotejo.export.running import OnnxClassifier

__all__ = ["Exported", "OnnxClassifier", "export"]

_MODULES = {"Exported": "exporting", "OnnxClassifier": "running", "export": "exporting"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"cotejo.export.{_MODULES[name]}"), name)
    raise AttributeError(f"module 'cotejo.export' has no attribute {name!r}")

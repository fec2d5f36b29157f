"""Keras, imported quietly, on the backend and with the settings that suit this machine.

Everything of Cotejo's that needs Keras takes it from here, so that the choices are made before
its first import: ``from cotejo.backend import keras, ops``. ``KERAS_BACKEND`` overrides the
choice of the backend, and any variable that the user has set stays as it is.
"""

from __future__ import annotations

import logging
import os

from cotejo.platform import default_backend, quiet_stderr

__all__ = ["keras", "ops"]

os.environ.setdefault("KERAS_BACKEND", default_backend())
# What TensorFlow logs from C++ is not about the user's work; its exceptions say what is.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow turns oneDNN on by itself only on newer processors; it was 1.6 times as fast on a
# Zen 3 as without (docs/decisions/0002).
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

# Its advice on retracing is about one process that builds many models, which a study is.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

with quiet_stderr():
    import keras
    from keras import ops

    # The backend's devices are set up by its first operation, with a noise of their own.
    ops.zeros(())

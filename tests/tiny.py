"""A network of few weights, for tests of what stands around a training and not of the network.

Its model and its checkpoints are a hundredth of those of ``mlp``, which are written, read, hashed
and compared as often as a test does so.
"""

from __future__ import annotations

__all__ = ["TINY"]

TINY = {"model": "layers", "layers": "average-pool 4, flatten, dense 16 relu"}

"""CIFAR-100 with its twenty coarse classes, each of which groups five of the hundred."""

from __future__ import annotations

from dataclasses import replace

from cotejo.data.published import source_of
from cotejo.data.sources.cifar100 import CIFAR100, forms

__all__ = ["CIFAR100_COARSE", "SOURCE"]

CIFAR100_COARSE = replace(
    CIFAR100, name="cifar100-coarse", forms=forms(b"coarse_labels", 0), classes=20
)

SOURCE = source_of(CIFAR100_COARSE)

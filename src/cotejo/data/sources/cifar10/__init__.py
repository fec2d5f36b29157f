"""CIFAR-10 in every form in which it was published: found, or downloaded, checked, and read."""

from __future__ import annotations

from cotejo.data.registry import Source
from cotejo.data.sources.cifar10.loading import load_cifar10
from cotejo.data.sources.cifar10.places import is_at_hand, where
from cotejo.data.sources.cifar10.reading import read_cifar10

__all__ = ["SOURCE", "where"]

SOURCE = Source(
    name="cifar10",
    load=load_cifar10,
    fingerprint="f84f132a64ed4be9b2a29d9f62caafd37ffc3015b209ac61546ae5e8c263febd",
    is_at_hand=is_at_hand,
    read=read_cifar10,
)

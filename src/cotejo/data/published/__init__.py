"""Data sets that are published as files: found on this machine or downloaded, checked, and read.

A published set says which files it has, with their sizes and checksums, where they can be
downloaded and how their format is read (`PublishedSet`). All else is the same for every one of them
and is in this folder: the places in which files are looked for, the comparison with the checksums,
the download, and the checks of what comes out of a file.
"""

from __future__ import annotations

from cotejo.data.published.files import PublishedFile
from cotejo.data.published.forms import DIGITS, Batch, Decoded, Form, PublishedSet
from cotejo.data.published.loading import load_published, source_of
from cotejo.data.published.places import where
from cotejo.data.published.reading import read_published

__all__ = [
    "DIGITS",
    "Batch",
    "Decoded",
    "Form",
    "PublishedFile",
    "PublishedSet",
    "load_published",
    "read_published",
    "source_of",
    "where",
]

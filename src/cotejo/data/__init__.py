"""Data: the data sets that a study can name, and images of your own.

Imports neither Keras nor a backend, and nothing of the network until something is downloaded.
"""

from __future__ import annotations

from cotejo.data.dataset import Dataset, Split, without_validation
from cotejo.data.loading import is_published, load
from cotejo.data.registry import (
    Source,
    find_source,
    known_sources,
    register_source,
    unregister_source,
)
from cotejo.data.splits import nested_subset, stratified_split
from cotejo.data.summary import FILE_COLUMNS, describe, example_images, file_rows

__all__ = [
    "FILE_COLUMNS",
    "Dataset",
    "Source",
    "Split",
    "describe",
    "example_images",
    "file_rows",
    "find_source",
    "is_published",
    "known_sources",
    "load",
    "nested_subset",
    "register_source",
    "stratified_split",
    "unregister_source",
    "without_validation",
]

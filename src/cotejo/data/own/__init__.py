"""Somebody's own images: a folder, a table, an archive or arrays, read into a `Dataset`.

`reading.read_own` is the way in. `holders` lists what a folder or an archive holds. `labelling`
finds the label of each picture, by `layouts` or `tables`. `decoding` reads the pictures side by
side, `dealing` deals them out, and `cache` keeps the result for the next time.
"""

from cotejo.data.own.npz import read_npz
from cotejo.data.own.reading import read_own

__all__ = ["read_npz", "read_own"]

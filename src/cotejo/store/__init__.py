"""The files of a study: written atomically, read without running anything of theirs.

`docs/files.md` gives each file's content. A file that is there is whole, because it is written
to a temporary name in the same folder, flushed to the disk, and renamed. A run is finished when
its `run.json`, which is written last, says so.
"""

from __future__ import annotations

from cotejo.store.files import (
    FORMAT,
    TEMPORARY,
    append_csv,
    make_folder,
    read_csv,
    read_json,
    read_npz,
    write_atomically,
    write_csv,
    write_file,
    write_json,
    write_npz,
)
from cotejo.store.folders import HISTORY_COLUMNS, RUN_FILES, RunFolder, StudyFolder
from cotejo.store.lock import LOCK, held

__all__ = [
    "FORMAT",
    "HISTORY_COLUMNS",
    "LOCK",
    "RUN_FILES",
    "TEMPORARY",
    "RunFolder",
    "StudyFolder",
    "append_csv",
    "held",
    "make_folder",
    "read_csv",
    "read_json",
    "read_npz",
    "write_atomically",
    "write_csv",
    "write_file",
    "write_json",
    "write_npz",
]

"""The files of a study: written atomically, read without running anything of theirs.

`docs/files.md` gives each file's content. A file that is there is whole, because it is written
to a temporary name in the same folder, flushed to the disk, and renamed. A run is finished when
its `run.json`, which is written last, says so.

Who does what: ``files`` writes and reads each format; ``archives`` reads arrays that a stranger
could have made; ``seals`` shows whether a file is the one that was written; ``schemas`` and
``checks`` say what a file must hold; ``folders`` knows which files a study and a run have;
``readings`` keeps the list of readings of the test set; ``lock`` keeps two studies apart.
"""

from __future__ import annotations

from cotejo.store.checks import check_arrays, check_content
from cotejo.store.clock import check_clock
from cotejo.store.files import (
    FORMAT,
    RESULT_FILES,
    RUN_FILES,
    TEMPORARY,
    csv_content,
    damaged,
    json_content,
    make_folder,
    npz_content,
    read_bytes,
    read_csv,
    read_json,
    read_npz,
    write_atomically,
    write_csv,
    write_file,
    write_json,
    write_npz,
)
from cotejo.store.folders import HISTORY_COLUMNS, RunFolder, StudyFolder
from cotejo.store.lock import LOCK, held
from cotejo.store.readings import (
    READINGS,
    note_reading,
    put_damaged_readings_aside,
    read_readings,
)
from cotejo.store.seals import SEAL, described_content, described_files

__all__ = [
    "FORMAT",
    "HISTORY_COLUMNS",
    "LOCK",
    "READINGS",
    "RESULT_FILES",
    "RUN_FILES",
    "SEAL",
    "TEMPORARY",
    "RunFolder",
    "StudyFolder",
    "check_arrays",
    "check_clock",
    "check_content",
    "csv_content",
    "damaged",
    "described_content",
    "described_files",
    "held",
    "json_content",
    "make_folder",
    "note_reading",
    "npz_content",
    "put_damaged_readings_aside",
    "read_bytes",
    "read_csv",
    "read_json",
    "read_npz",
    "read_readings",
    "write_atomically",
    "write_csv",
    "write_file",
    "write_json",
    "write_npz",
]

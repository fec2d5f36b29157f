"""The files of a study: written atomically, read without running anything of theirs.

`docs/files.md` gives each file's content. A file that is there is whole, because it is written
to a temporary name in the same folder, flushed to the disk, and renamed. A run is finished when
its `run.json`, which is written last, says so.

Who does what: ``layout`` names every file of a study and of a run; ``files`` writes and reads each
format; ``archives`` reads arrays that a stranger could have made; ``seals`` shows whether a file
is the one that was written; ``checkpoints`` keeps the state of a training; ``schemas`` and
``checks`` say what a file must hold; ``folders`` reads
the files of a study and of a run, each checked; ``readings`` keeps the list of readings of the test
set; ``progress`` says how far a study is, and asks it to stop; ``lock`` keeps two studies apart;
``safe_names`` makes names of folders.
"""

from __future__ import annotations

from cotejo.store.archives import (
    read_archive,
)
from cotejo.store.checkpoints import (
    NotPlainError,
    checkpoint_files,
    delete_checkpoints,
    keep_checkpoint,
    last_checkpoints,
    read_checkpoint,
    write_checkpoint,
)
from cotejo.store.checks import (
    check_arrays,
    check_content,
    with_probabilities,
)
from cotejo.store.clock import (
    check_clock,
    now,
)
from cotejo.store.files import (
    csv_content,
    damaged,
    is_temporary_of_here,
    json_content,
    make_folder,
    move_folder,
    npz_content,
    read_bytes,
    read_csv,
    read_json,
    read_npz,
    temporary_path,
    write_atomically,
    write_csv,
    write_file,
    write_json,
    write_npz,
    writing,
)
from cotejo.store.folders import (
    ADDED_HISTORY_COLUMNS,
    HISTORY_COLUMNS,
    RunFolder,
    StudyFolder,
    check_study,
)
from cotejo.store.layout import (
    ADDED_FILES,
    CHECKPOINTS,
    FORMAT,
    REPLACED,
    RESULT_FILES,
    RUN_FILES,
    SEARCHES,
    TEMPORARY,
    TENSORBOARD,
    ReportFile,
    RunFile,
    StudyFile,
    card_name,
    damaged_reads_name,
)
from cotejo.store.lock import (
    is_abandoned,
    is_locked,
    locked,
)
from cotejo.store.looks import read_looks, write_looks
from cotejo.store.progress import (
    clear_progress,
    is_asked_to_stop,
    recorded_progress,
    recorded_stop,
    request_stop,
    training_progress,
    withdraw_stop,
    write_progress,
)
from cotejo.store.readings import (
    note_reading,
    put_damaged_readings_aside,
    read_readings,
    reading_of,
)
from cotejo.store.robustness import (
    read_robustness,
    write_robustness,
)
from cotejo.store.safe_names import (
    folder_names,
    numbered,
)
from cotejo.store.seals import (
    SEAL,
    array_seal,
    described_content,
    described_files,
)
from cotejo.store.trials import (
    read_trial,
    trial_folder,
    write_trial,
)

__all__ = [
    "ADDED_FILES",
    "ADDED_HISTORY_COLUMNS",
    "CHECKPOINTS",
    "FORMAT",
    "HISTORY_COLUMNS",
    "REPLACED",
    "RESULT_FILES",
    "RUN_FILES",
    "SEAL",
    "SEARCHES",
    "TEMPORARY",
    "TENSORBOARD",
    "NotPlainError",
    "ReportFile",
    "RunFile",
    "RunFolder",
    "StudyFile",
    "StudyFolder",
    "array_seal",
    "card_name",
    "check_arrays",
    "check_clock",
    "check_content",
    "check_study",
    "checkpoint_files",
    "clear_progress",
    "csv_content",
    "damaged",
    "damaged_reads_name",
    "delete_checkpoints",
    "described_content",
    "described_files",
    "folder_names",
    "is_abandoned",
    "is_asked_to_stop",
    "is_locked",
    "is_temporary_of_here",
    "json_content",
    "keep_checkpoint",
    "last_checkpoints",
    "locked",
    "make_folder",
    "move_folder",
    "note_reading",
    "now",
    "npz_content",
    "numbered",
    "put_damaged_readings_aside",
    "read_archive",
    "read_bytes",
    "read_checkpoint",
    "read_csv",
    "read_json",
    "read_looks",
    "read_npz",
    "read_readings",
    "read_robustness",
    "read_trial",
    "reading_of",
    "recorded_progress",
    "recorded_stop",
    "request_stop",
    "temporary_path",
    "training_progress",
    "trial_folder",
    "with_probabilities",
    "withdraw_stop",
    "write_atomically",
    "write_checkpoint",
    "write_csv",
    "write_file",
    "write_json",
    "write_looks",
    "write_npz",
    "write_progress",
    "write_robustness",
    "write_trial",
    "writing",
]

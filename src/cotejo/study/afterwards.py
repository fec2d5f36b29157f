"""What is looked at once the runs have ended: where the networks fail, and at what they look.

It reads the test images again, but chooses nothing by them: the predictions were made before, and
the images whose parts are hidden are mistakes that are known.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from cotejo.data import Dataset
from cotejo.data.dataset import Split
from cotejo.errors import CotejoError, OutputError
from cotejo.explain import occlusion_maps
from cotejo.facts import StudyFacts, best_alternative, gather
from cotejo.facts.failures import FAILURES, failures_of
from cotejo.models.portable import load_trained
from cotejo.progress import Observer
from cotejo.store import write_file, write_npz
from cotejo.study.failures import failure_arrays
from cotejo.train import fresh_backend

__all__ = ["look_back"]

LOG = "failures.log"


def look_back(folder: Path, dataset: Dataset, observer: Observer) -> None:
    """Write a study's ``failures.npz``, unless what is there is of these very runs.

    The study is whole without it. Whatever goes wrong is told to ``observer`` and is in
    ``failures.log``, and the report does without.

    Args:
        folder: a study's, with a finished run.
        dataset: what it trained on.
        observer: told of what goes wrong.

    Raises:
        OutputError: the folder can't be written.
    """
    log = folder / LOG
    try:
        facts = gather(folder)
        if not _is_there(facts):
            write_npz(folder / FAILURES, **_arrays(facts, dataset.test))
        log.unlink(missing_ok=True)
    except Exception as error:
        text = traceback.format_exc()
        write_file(log, text)
        first_line = str(error).strip().partition("\n")[0]
        reason = f"{type(error).__name__}: {first_line}"
        observer.look_back_failed(CotejoError("look_back_failed", reason=reason, log=log))


def _is_there(facts: StudyFacts) -> bool:
    try:
        return failures_of(facts, best_alternative(facts)) is not None
    except OutputError:
        # Damaged: to be written anew.
        return False


def _arrays(facts: StudyFacts, test: Split) -> dict[str, NDArray[Any]]:
    arrays = failure_arrays(facts, test)
    best = best_alternative(facts).representative
    with fresh_backend():
        network = load_trained(best)
        explained = test.images[arrays["explained"]]
        maps = occlusion_maps(network, explained, arrays["explained_classes"])
    return arrays | {"occlusion_maps": maps}

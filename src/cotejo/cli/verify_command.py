"""``cotejo verify``: check whether a study that was handed in is whole and consistent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cotejo.cli.options import Data, DataFolder, Debug, Language
from cotejo.errors import ConfigError
from cotejo.messages import message

if TYPE_CHECKING:
    from cotejo.config.own_images import OwnImages
    from cotejo.data import Dataset

__all__ = ["verify"]


def verify(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False)],
    data: Data = None,
    data_dir: DataFolder = None,
    rerun: Annotated[int, typer.Option("--rerun", metavar="N", show_default=False)] = 0,
    run_code: Annotated[bool, typer.Option("--run-code")] = False,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Examine the study in ``folder``; exit code 1 if something does not hold."""
    from cotejo.cli.console import make_console, say
    from cotejo.cli.findings import show_findings
    from cotejo.verify import verify as examine

    if rerun < 0:
        raise ConfigError("usage_at_least", option="--rerun", least=0, received=rerun)
    dataset = _dataset(folder, data, data_dir)
    if rerun and dataset is None:
        raise ConfigError("rerun_without_data")
    console = make_console()
    wrong = show_findings(
        console,
        lambda starting: examine(
            folder, dataset, rerun=rerun, run_code=run_code, starting=starting
        ),
    )
    key = "verify.does_not_hold" if wrong else "verify.holds"
    say(console, message(key, count=wrong), "bold")
    return 1 if wrong else 0


def _images(folder: Path, data: str) -> OwnImages | None:
    """Return how the study read its pictures, which is how they are to be read again."""
    from cotejo.config import StudyConfig
    from cotejo.data import find_source
    from cotejo.store import StudyFile

    if find_source(data) is not None:
        return None
    try:
        return StudyConfig.load(folder / StudyFile.CONFIG).images
    except ConfigError:
        return None  # the examination says why


def _dataset(folder: Path, data: str | None, data_dir: Path | None) -> Dataset | None:
    """Return the study's dataset if it is on this machine; nothing is downloaded."""
    from cotejo.data import find_source, load
    from cotejo.errors import OutputError
    from cotejo.store import StudyFolder

    if data is not None:
        return load(data, data_dir=data_dir, images=_images(folder, data))
    try:
        name = StudyFolder(folder).study.get("data")
    except OutputError:
        return None  # the examination says why
    source = find_source(name)
    if source is None or not source.is_at_hand(data_dir):
        return None
    return load(source.name, data_dir=data_dir)

"""``tracking.json``: the id under which trackers know a study, so that it stays the same."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

from pydantic import Field

from cotejo.store.checks import check_content
from cotejo.store.files import is_there, read_json, write_json
from cotejo.store.layout import FORMAT, StudyFile
from cotejo.store.schemas.values import Content

__all__ = ["tracking_id"]


class _Tracking(Content):
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


def tracking_id(folder: Path) -> str:
    """Return the id of the study in a folder: 16 hexadecimal digits, drawn the first time.

    Raises:
        OutputError: the file is not as it was written, or can't be written.
    """
    path = folder / StudyFile.TRACKING
    if not is_there(path):
        write_json(path, {"format": FORMAT, "id": secrets.token_hex(8)})
    content = read_json(path)
    check_content(_Tracking, content, path)
    return str(content["id"])

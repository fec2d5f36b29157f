"""The schemas of a study's JSON files: what must be there, of which type, within which bounds.

A file of the right format that does not fit its schema was not written by Cotejo, or was edited by
hand. What a report can do without may be missing; whatever is there must be of the right type.
"""

from __future__ import annotations

from cotejo.store.schemas.data import Data
from cotejo.store.schemas.metrics import Metrics
from cotejo.store.schemas.run import AddedRun, FinishedRun, Resumed, Run
from cotejo.store.schemas.study import Study

__all__ = ["AddedRun", "Data", "FinishedRun", "Metrics", "Resumed", "Run", "Study"]

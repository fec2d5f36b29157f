"""The audit of a dataset: duplicates, outliers, and images with little in them.

The only heavy library that it imports is NumPy: no Keras, no backend.
"""

from __future__ import annotations

from cotejo.data.audit.auditing import METHOD, audit_dataset, with_issues
from cotejo.data.audit.cached import cached_audit, is_of
from cotejo.data.audit.gallery import PAIRS_ACROSS, shown, spread
from cotejo.data.audit.place import PAGE, check_audit_place
from cotejo.data.audit.result import (
    FILES,
    KINDS,
    LEARNED,
    Audit,
    Issue,
    read_audit,
    write_audit_files,
)

__all__ = [
    "FILES",
    "KINDS",
    "LEARNED",
    "METHOD",
    "PAGE",
    "PAIRS_ACROSS",
    "Audit",
    "Issue",
    "audit_dataset",
    "cached_audit",
    "check_audit_place",
    "is_of",
    "read_audit",
    "shown",
    "spread",
    "with_issues",
    "write_audit_files",
]

"""The audit of a dataset: duplicates, outliers, and images with little in them.

The only heavy library that it imports is NumPy: no Keras, no backend.
"""

from __future__ import annotations

from cotejo.data.audit.auditing import METHOD, audit_dataset, with_issues
from cotejo.data.audit.cached import cached_audit, is_of
from cotejo.data.audit.gallery import LABELS_KEPT, PAIRS_ACROSS, shown, spread
from cotejo.data.audit.place import PAGE, check_audit_place
from cotejo.data.audit.result import (
    FILES,
    KINDS,
    LEARNED,
    SPLITS,
    Audit,
    Issue,
    read_audit,
    write_audit_files,
)
from cotejo.data.audit.reviewed import (
    VERDICTS,
    Review,
    Reviewed,
    Verdict,
    change_review,
    read_review,
    reviewed_of,
    write_review,
)

__all__ = [
    "FILES",
    "KINDS",
    "LABELS_KEPT",
    "LEARNED",
    "METHOD",
    "PAGE",
    "PAIRS_ACROSS",
    "SPLITS",
    "VERDICTS",
    "Audit",
    "Issue",
    "Review",
    "Reviewed",
    "Verdict",
    "audit_dataset",
    "cached_audit",
    "change_review",
    "check_audit_place",
    "is_of",
    "read_audit",
    "read_review",
    "reviewed_of",
    "shown",
    "spread",
    "with_issues",
    "write_audit_files",
    "write_review",
]

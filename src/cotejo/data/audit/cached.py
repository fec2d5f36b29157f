"""The audit of a dataset, made once: what was found is kept in Cotejo's cache folder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from cotejo.data.audit.auditing import METHOD, audit_dataset
from cotejo.data.audit.result import Audit, read_audit, write_audit_files
from cotejo.data.dataset import Dataset
from cotejo.data.places import cache_folder
from cotejo.errors import OutputError
from cotejo.store import make_folder

__all__ = ["cached_audit", "is_of"]


def cached_audit(dataset: Dataset, starting: Callable[[], None] = lambda: None) -> Audit:
    """Return the audit of a dataset, from the cache where these very images were audited before.

    Args:
        dataset: what is examined.
        starting: called before an audit that is not in the cache.
    """
    folder = cache_folder() / "audits" / f"{dataset.fingerprint[:32]}-{METHOD}"
    try:
        audit = read_audit(folder)
    except OutputError:  # there is none yet, or it is damaged
        starting()
        audit = audit_dataset(dataset)
        # Where nothing can be kept it is made again each time.
        with suppress(OutputError):
            write_audit_files(make_folder(folder), audit)
        return audit
    # The fingerprint knows no names: a copy under another is the same images.
    about = {**audit.about, "dataset": {**audit.about["dataset"], "name": dataset.name}}
    return Audit(audit.issues, audit.images, audit.places, audit.labels, about)


def is_of(audit: Audit, fingerprint: str) -> bool:
    """Whether an audit is of a dataset with this fingerprint, by the method of this Cotejo."""
    dataset, method = audit.about.get("dataset", {}), audit.about.get("method", {})
    return bool(dataset.get("fingerprint") == fingerprint and method.get("version") == METHOD)

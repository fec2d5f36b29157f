"""The audit of a dataset, made once and then kept in Cotejo's cache folder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from cotejo.data.audit.auditing import METHOD, audit_dataset
from cotejo.data.audit.result import Audit, read_audit, write_audit_files
from cotejo.data.dataset import Dataset
from cotejo.errors import OutputError
from cotejo.platform import cache_folder
from cotejo.store import make_folder

__all__ = ["cached_audit", "is_of"]


def cached_audit(dataset: Dataset, starting: Callable[[], None] = lambda: None) -> Audit:
    """Return the audit of a dataset, from the cache if the same images were audited before.

    Args:
        dataset: the images to examine.
        starting: called before an audit that is not in the cache.
    """
    folder = cache_folder() / "audits" / f"{dataset.fingerprint[:32]}-{METHOD}"
    try:
        audit = read_audit(folder)
    except OutputError:  # there is none yet, or it is damaged
        starting()
        audit = audit_dataset(dataset)
        # If the cache can't be written, the audit is made again each time.
        with suppress(OutputError):
            write_audit_files(make_folder(folder), audit)
        return audit
    # The fingerprint does not depend on the name: the same images may have had another.
    about = {**audit.about, "dataset": {**audit.about["dataset"], "name": dataset.name}}
    return Audit(audit.issues, audit.images, audit.places, audit.labels, about)


def is_of(audit: Audit, fingerprint: str) -> bool:
    """Whether an audit is of a dataset with this fingerprint, by the method of this Cotejo."""
    dataset, method = audit.about.get("dataset", {}), audit.about.get("method", {})
    return bool(dataset.get("fingerprint") == fingerprint and method.get("version") == METHOD)

"""The download of an archive: from several sources, resumed, checked before it is kept."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cotejo.data.published import Form, digest_of_file
from cotejo.data.transfer import (
    BrokenOffError,
    Patience,
    Progress,
    SourceError,
    TooSlowError,
    check_address,
    transfer,
)
from cotejo.errors import DownloadError

__all__ = ["download"]


def download(
    form: Form,
    urls: Sequence[str],
    folder: Path,
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> Path:
    """Download a published archive into a folder and return its path.

    The sources are tried in turn. One that breaks off is asked for the rest; one that is very
    slow is left for another, and taken up again only if no other does better. What arrives is
    written to ``<archive>.part``, which stays for a later attempt, is compared with the
    published checksum, and only then takes its name.

    Args:
        form: the form whose archive is wanted.
        urls: the sources, ``http`` or ``https``.
        folder: where to keep it; made if it doesn't exist.
        progress: called with the address, the bytes that are there, and those expected.
        patience: how long to wait, and how often to try again.

    Raises:
        DataError: an address is neither ``http`` nor ``https``.
        DownloadError: no source gave the archive, or it can't be written.
    """
    urls = list(dict.fromkeys(urls))
    for url in urls:
        check_address(url)
    archive = folder / form.archive
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / f"{form.archive}.lock"):
            if not _is_whole(archive, form):
                part = folder / f"{form.archive}.part"
                _Attempt(form, part, progress, patience or Patience()).any_of(urls)
                part.replace(archive)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DownloadError("data_cannot_cache", path=folder, reason=reason) from error
    return archive


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait while another process downloads to the same file; it is then there already."""
    try:
        import fcntl
    except ImportError:  # Windows: two at once spoil each other's file, and the checksum tells.
        yield
        return
    with lock.open("ab") as file:
        # Some network file systems have no locks; what the checksum tells must do there too.
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_whole(archive: Path, form: Form) -> bool:
    if not archive.is_file() or archive.stat().st_size != form.archive_size:
        return False
    return digest_of_file(archive, like=form.archive_digest) == form.archive_digest


@dataclass
class _Attempt:
    """One archive, one unfinished file, several sources."""

    form: Form
    part: Path
    progress: Progress | None
    patience: Patience

    def any_of(self, urls: list[str]) -> None:
        """Leave the whole, checked archive in the unfinished file, from whichever source."""
        reasons: dict[str, str] = {}
        slow: dict[str, float] = {}
        for url in urls:
            try:
                return self.one(url, hurry=len(urls) > 1)
            except TooSlowError as error:
                slow[url] = error.bytes_per_second
                reasons[url] = str(error)
            except SourceError as error:
                reasons[url] = str(error)
        for url in sorted(slow, key=lambda url: -slow[url]):
            try:
                return self.one(url, hurry=False)
            except SourceError as error:
                reasons[url] = str(error)
        listing = "\n".join(f"  {url}: {reason}" for url, reason in reasons.items())
        raise DownloadError("data_download_failed", archive=self.form.archive, reasons=listing)

    def one(self, url: str, *, hurry: bool) -> None:
        """Leave the whole, checked archive in the unfinished file, from one source."""
        resumed = self.part.exists()
        self._fetch(url, hurry=hurry)
        try:
            self._check()
        except SourceError:
            # The beginning may be another source's; this one is judged by its own bytes.
            if not resumed:
                raise
            self._fetch(url, hurry=hurry)
            self._check()

    def _fetch(self, url: str, *, hurry: bool) -> None:
        size = self.form.archive_size
        failures, reached = 0, self._done()
        while self._done() != size:
            try:
                transfer(url, self.part, size, self.progress, self.patience, hurry=hurry)
            except BrokenOffError:
                # A hundredth more than ever is progress; else a source that ignores Range, or
                # drips, could keep us for ever.
                failures = 1 if self._done() >= reached + size / 100 else failures + 1
                reached = max(reached, self._done())
                if failures >= self.patience.attempts:
                    raise
                time.sleep(self.patience.pause * failures)

    def _done(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _check(self) -> None:
        expected = self.form.archive_digest
        found = digest_of_file(self.part, like=expected)
        if found != expected:
            self.part.unlink()
            raise SourceError("data_source_checksum", found=found, expected=expected)

"""The download of a file: from several addresses, resumed, and checked before it is kept."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cotejo.data.published.files import PublishedFile, digest_of_file
from cotejo.data.transfer import (
    AddressError,
    BrokenOffError,
    Patience,
    Progress,
    TooSlowError,
    check_address,
    transfer,
)
from cotejo.errors import DownloadError

__all__ = ["download"]


def download(
    archive: PublishedFile,
    urls: Sequence[str],
    folder: Path,
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> Path:
    """Download a published archive into a folder and return its path.

    The addresses are tried in turn. One that breaks off is asked for the rest. One that is very
    slow is left for another, and tried again only if no other does better. What arrives is
    written to ``<archive>.part``, which stays there for a later attempt. Once whole, it is
    compared with the published checksum, and only then does it take the archive's name.

    Args:
        archive: what to download.
        urls: the addresses, ``http`` or ``https``.
        folder: where to keep it; made if it does not exist.
        progress: called with the address, the bytes that are there, and those expected.
        patience: how long to wait, and how often to try again.

    Raises:
        DataError: an address is neither ``http`` nor ``https``.
        DownloadError: no address gave the archive, or it can't be written.
        ValueError: the size of the archive is not known, so that it can't be seen to be whole.
    """
    if archive.size is None:
        raise ValueError(f"`archive` must have a size; received {archive}")
    urls = list(dict.fromkeys(urls))
    for url in urls:
        check_address(url)
    path = folder / archive.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder / f"{archive.name}.lock"):
            if not _is_whole(path, archive):
                part = folder / f"{archive.name}.part"
                attempt = _Attempt(archive, archive.size, part, progress, patience or Patience())
                attempt.from_any(urls)
                part.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DownloadError("data_cannot_cache", path=folder, reason=reason) from error
    return path


@contextmanager
def _locked(lock: Path) -> Iterator[None]:
    """Wait while another process downloads to the same file, and keep others out meanwhile."""
    try:
        import fcntl
    # On Windows, two downloads at once spoil each other's file, and the checksum tells.
    except ImportError:
        yield
        return
    with lock.open("ab") as file:
        # Some network file systems have no locks. There, the checksum alone tells a damaged file.
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_whole(path: Path, archive: PublishedFile) -> bool:
    if not path.is_file() or path.stat().st_size != archive.size:
        return False
    return digest_of_file(path, like=archive.digest) == archive.digest


@dataclass
class _Attempt:
    """One archive, one unfinished file, several addresses."""

    archive: PublishedFile
    size: int
    part: Path
    progress: Progress | None
    patience: Patience

    def from_any(self, urls: list[str]) -> None:
        """Bring the whole archive into the unfinished file, from one address or another."""
        reasons: dict[str, str] = {}
        slow: dict[str, float] = {}
        for url in urls:
            try:
                return self.from_one(url, hurry=len(urls) > 1)
            except TooSlowError as error:
                slow[url] = error.bytes_per_second
                reasons[url] = str(error)
            except AddressError as error:
                reasons[url] = str(error)
        for url in sorted(slow, key=lambda url: -slow[url]):
            try:
                return self.from_one(url, hurry=False)
            except AddressError as error:
                reasons[url] = str(error)
        listing = "\n".join(f"  {url}: {reason}" for url, reason in reasons.items())
        raise DownloadError("data_download_failed", archive=self.archive.name, reasons=listing)

    def from_one(self, url: str, *, hurry: bool) -> None:
        """Bring the whole archive into the unfinished file, from one address, and check it."""
        resumed = self.part.exists()
        self._fetch(url, hurry=hurry)
        try:
            self._check()
        except AddressError:
            # The beginning may be from another address; judge this one by its own bytes.
            if not resumed:
                raise
            self._fetch(url, hurry=hurry)
            self._check()

    def _fetch(self, url: str, *, hurry: bool) -> None:
        size = self.size
        failures, reached = 0, self._done()
        while self._done() != size:
            try:
                transfer(url, self.part, size, self.progress, self.patience, hurry=hurry)
            except BrokenOffError:
                # Only a hundredth more than ever before counts as progress: else an address that
                # ignores Range, or sends next to nothing, could keep us here for ever.
                failures = 1 if self._done() >= reached + size / 100 else failures + 1
                reached = max(reached, self._done())
                if failures >= self.patience.attempts:
                    raise
                time.sleep(self.patience.pause * failures)

    def _done(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _check(self) -> None:
        expected = self.archive.digest
        received = digest_of_file(self.part, like=expected)
        if received != expected:
            self.part.unlink()
            raise AddressError("data_source_checksum", found=received, expected=expected)

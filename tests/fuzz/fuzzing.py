"""How many cases a fuzzer tries, each drawn from a seed of its own."""

from __future__ import annotations

import os


def cases(few: int) -> list[int]:
    """Return the seeds of the cases to try: ``few``, or as many as ``COTEJO_FUZZ_CASES`` says."""
    return list(range(int(os.environ.get("COTEJO_FUZZ_CASES", few))))

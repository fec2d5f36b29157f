"""Pack the model that ships from a final training.

    python -m cotejo.inference runs/accurate-final --temperature runs/accurate

packs the model of the lowest seed into the package. The temperature and the limits are those of a
study with the same settings, which kept the validation images apart; without one the logits stay as
they are, and nothing is said of limits.

    python -m cotejo.inference --limits runs/accurate

gives limits to the model that is packed already.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from cotejo.facts import chosen_run, final_runs
from cotejo.inference.packing import pack, pack_limits
from cotejo.store import RunFolder


def main() -> None:
    """Parse, and pack."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("final", type=Path, nargs="?", help="the folder of a final training")
    parser.add_argument("--temperature", type=Path, help="the folder of a study of the same")
    parser.add_argument("--limits", type=Path, help="likewise, for the model that is packed")
    given = parser.parse_args()
    if given.final is None and given.limits is None:
        parser.error("nothing to pack: name the folder of a final training, or --limits")
    sibling: RunFolder | None = None
    if given.temperature or given.limits:
        sibling = chosen_run(final_runs(given.temperature or given.limits))
    if given.final is not None:
        calibration = sibling.metrics["test"]["calibration"] if sibling else None
        path = pack(given.final, chosen_run(final_runs(given.final)), calibration)
        print(f"{path}: {path.stat().st_size:,} bytes")
    if sibling is not None:
        path = pack_limits(sibling, str(sibling.record["dataset"]["name"]))
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

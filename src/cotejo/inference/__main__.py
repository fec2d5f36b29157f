"""Pack the model that ships from a final training.

    python -m cotejo.inference runs/accurate-final --temperature runs/accurate

packs the model of the lowest seed into the package. The temperature is that of a study with the
same settings, which kept the validation images apart; without one the logits stay as they are.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from cotejo.facts import chosen_run, final_runs
from cotejo.inference.packing import pack


def main() -> None:
    """Parse, and pack."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("final", type=Path, help="the folder of a final training")
    parser.add_argument("--temperature", type=Path, help="the folder of a study of the same")
    given = parser.parse_args()
    calibration = None
    if given.temperature:
        calibration = chosen_run(final_runs(given.temperature)).metrics["test"]["calibration"]
    path = pack(given.final, chosen_run(final_runs(given.final)), calibration)
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

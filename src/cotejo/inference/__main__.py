"""Pack the model that ships from a final training.

    python -m cotejo.inference runs/accurate-final --temperature runs/accurate

packs the model of the lowest seed into the package. The temperature is that of a study with the
same settings, which kept the validation images apart; without one it is 1.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from cotejo.inference.packing import pack
from cotejo.report import chosen_run, final_runs


def main() -> None:
    """Parse, and pack."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("final", type=Path, help="the folder of a final training")
    parser.add_argument("--temperature", type=Path, help="the folder of a study of the same")
    given = parser.parse_args()
    temperature = 1.0
    if given.temperature:
        run = chosen_run(final_runs(given.temperature))
        temperature = float(run.metrics["test"]["calibration"]["temperature"])
    path = pack(given.final, chosen_run(final_runs(given.final)), temperature)
    print(f"{path}: {path.stat().st_size:,} bytes, temperature {temperature:.3f}")


if __name__ == "__main__":
    main()

"""The entry point of the command ``cotejo`` and of ``python -m cotejo``."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line on the process's arguments and exit with its code."""
    from cotejo.cli.app import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

"""The entry point of the command ``cotejo`` and of ``python -m cotejo``."""

from __future__ import annotations

import logging
import os
import sys

from cotejo.stopping import code_of, let_go, listen

__all__ = ["main"]


def main() -> None:
    """Run the command line on the process's arguments and exit with its code."""
    try:
        _repair_streams()
        # Before the slow imports, so that Ctrl-C ends the program quietly during them too.
        listen()
        _tame_warnings()
        _quiet_libraries()
        from cotejo.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt as stopped:
        code = code_of(stopped)
    finally:
        let_go()
    sys.exit(code)


def _repair_streams() -> None:
    """Replace closed standard streams: output by a stream that fails, errors by one that drops all.

    Without this, the next file that is opened, such as a model's, would get the number of standard
    output, and everything that native code prints would be written into that file.
    """
    for number, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            # `os.open` takes the lowest free number. This is it: all lower ones are open by now.
            os.open(os.devnull, mode)
    # Standard output is opened for reading, so that writing to it fails and the failure can be
    # reported on standard error. Nobody could be told that standard error itself is closed.
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _tame_warnings() -> None:
    """Keep ``PYTHONWARNINGS=error`` from ending the imports of Cotejo's dependencies.

    Other settings of warnings are not changed.
    """
    # As in Python itself, an action may be abbreviated to any beginning of its name.
    actions = (option.partition(":")[0].strip() for option in sys.warnoptions)
    if not any(action and "error".startswith(action) for action in actions):
        return
    import warnings

    warnings.simplefilter("default")
    for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", category)


def _quiet_libraries() -> None:
    """Hide what libraries say about a machine that lacks something they could use."""
    # joblib, used by scikit-learn, warns if there is no /dev/shm. Nothing here runs in parallel.
    os.environ.setdefault("JOBLIB_MULTIPROCESSING", "0")
    # matplotlib warns if HOME can't be written to, and uses a temporary folder for its cache.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)


if __name__ == "__main__":
    main()

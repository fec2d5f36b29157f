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
        # Before the imports that take long, so that Ctrl-C ends quietly in them too.
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
    """Give a process that was started with closed streams ones that fail, or drop what is said.

    Without it the next file that is opened, a model's for one, takes the place of standard
    output, and what native code prints is written into that file.
    """
    for number, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is this one: those below it are open by now.
            os.open(os.devnull, mode)
    # Standard output is opened for reading, so that writing to it fails, and is told of. That
    # standard error is closed can be told to nobody.
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _tame_warnings() -> None:
    """Keep ``PYTHONWARNINGS=error`` from ending the imports of what Cotejo stands on.

    Warnings that were asked for in another way stay as they were asked for.
    """
    # As Python reads them: an action is any beginning of its name.
    actions = (option.partition(":")[0].strip() for option in sys.warnoptions)
    if not any(action and "error".startswith(action) for action in actions):
        return
    import warnings

    warnings.simplefilter("default")
    for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", category)


def _quiet_libraries() -> None:
    """Keep from the user what libraries say of a machine that has less than they could use."""
    # joblib, under scikit-learn, warns where there is no /dev/shm; nothing here runs in parallel.
    os.environ.setdefault("JOBLIB_MULTIPROCESSING", "0")
    # matplotlib, where HOME can't be written to, takes a temporary folder for its cache.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)


if __name__ == "__main__":
    main()

"""``pressframe`` as a program of its own, which is also ``python -m pressframe``."""

import atexit
import gc
import os
import sys
from contextlib import suppress


def program() -> None:
    """Run one command: it leaves little garbage, and looking for it takes a tenth of its time, imports first of all."""
    gc.disable()
    status = [1]
    atexit.register(_leave, status)  # before all others, so that it is called after them
    from pressframe.cli import main

    try:
        main()
    except SystemExit as ending:
        status[0] = ending.code if isinstance(ending.code, int) else 1
        raise


def _leave(status: list[int]) -> None:
    """End here: taking apart all that was imported is of no use, and a fiftieth of a small build."""
    with suppress(OSError, ValueError):  # who read this has gone: Python knows what to do
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status[0])


if __name__ == "__main__":
    program()

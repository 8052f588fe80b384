"""What goes on in a thread of this program while something else is measured."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def beside(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Have *work* done while the block runs; it ends when the event that it gets is set.

    Raises:
        Exception: What stopped *work*, once the block is through.
    """
    is_over = threading.Event()
    failed: list[Exception] = []

    def run() -> None:
        try:
            work(is_over)
        except Exception as error:  # noqa: BLE001 - raised where somebody waits for it
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
    if failed:
        raise failed[0]

"""A command that is told to stop cleans up first."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from api.services.progress import Progress

_ORDERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stoppable:
    """Progress that passes an order to stop on to the work, where nothing is torn by it: between two steps."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._begun = False
        self._order = 0

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Say how far it is; or end the process, if it was told to."""
        self._begun = True
        if self._order:
            self._exit()
        self._progress(step, done, total)

    def order(self, number: int, _frame: FrameType | None) -> None:
        """The signal's handler: to be obeyed at the next step; at once if none was begun yet, or if it comes again."""
        again, self._order = self._order, number
        if again or not self._begun:
            self._exit()

    def _exit(self) -> None:
        for each in _ORDERS:  # a further one must not interrupt the cleaning up
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + self._order)


@contextmanager
def orderly(progress: Progress) -> Iterator[Progress]:
    """Progress to work with, so that Ctrl-C, SIGTERM and a closed terminal end the work between two of its steps.

    What it began is undone, and the process exits with 128 + the signal's number and no traceback. A signal that is
    ignored (nohup, a shell's background) stays so.
    """
    stoppable = Stoppable(progress)
    before = {order: signal.getsignal(order) for order in _ORDERS}
    for order, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(order, stoppable.order)
    try:
        yield stoppable
    finally:
        for order, handler in before.items():
            signal.signal(order, handler)

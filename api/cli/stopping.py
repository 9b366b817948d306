"""A command that is told to stop cleans up first."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from api.services.progress import Progress

_ORDERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def heed() -> None:
    """From now on SIGTERM and a closed terminal end the process as Ctrl-C does: what it began is undone on the way.

    A signal that is ignored (nohup, a shell's background) stays so.
    """
    for order in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(order) is signal.SIG_DFL:
            signal.signal(order, _leave)


def _leave(number: int, _frame: FrameType | None) -> None:
    for each in _ORDERS:  # a further one must not interrupt the cleaning up
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


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
        _leave(self._order, None)


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


@contextmanager
def ending(
    progress: Progress, limit_s: float | None, said: str
) -> Iterator[tuple[Progress, Callable[[], bool]]]:
    """Progress, and whether the search is to end: after so many seconds, or at the first Ctrl-C once drawing has begun
    (then ``said`` goes to stderr). Ctrl-C before that, or again, ends the command with nothing written."""
    started = time.monotonic()
    begun, told = False, False

    def watch(step: str, done: int, total: int | None) -> None:
        nonlocal begun
        begun = begun or step.startswith("draw-grids") or step.startswith("draw-mend")
        progress(step, done, total)

    def cancelled() -> bool:
        return told or (limit_s is not None and time.monotonic() - started >= limit_s)

    def order(number: int, frame: FrameType | None) -> None:
        nonlocal told
        if told or not begun:
            signal.default_int_handler(number, frame)
        told = True
        sys.stderr.write(said + "\n")

    before = signal.getsignal(signal.SIGINT)
    ours = (
        before is signal.default_int_handler
        and threading.current_thread() is threading.main_thread()
    )
    if ours:
        signal.signal(signal.SIGINT, order)
    try:
        yield watch, cancelled
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)
